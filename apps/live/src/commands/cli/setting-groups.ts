import type { SettingName } from "../../config/schema.ts";

/** Headings of `--help` and of the README's tables, in order. */
export const groupTitles = {
  node: "Node",
  server: "Server",
  price: "Price",
  relay: "Relay (NATS, MQTT)",
  logging: "Logging",
  command: "Single commands",
} as const;

export type SettingGroup = keyof typeof groupTitles;

/** Group of a setting in `--help`. */
export function groupOf(name: SettingName): SettingGroup {
  if (/^(zmq-|rpc-|chain$)/.test(name)) return "node";
  if (/^(host|port|max-clients|allowed-origins|trust-proxy)/.test(name)) return "server";
  if (/^(window|engine|interval|data-dir|fx)$/.test(name)) return "price";
  if (/^(bus|analyzer|mqtt)/.test(name)) return "relay";
  return name.startsWith("log-") ? "logging" : "command";
}
