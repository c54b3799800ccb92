import { NodeRpcError } from "@utxoracle/node-rpc";
import type { FeedEvent } from "@utxoracle/zmq-source";
import pino from "pino";
import { describe, expect, it } from "vitest";
import { logNodeFindings } from "../src/commands/record/node-warnings.ts";
import { recordingEvents } from "../src/commands/record/recording-events.ts";

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

function logTo(lines: Line[]): pino.Logger {
  return pino({ base: null, timestamp: false }, { write: (text: string) => lines.push(JSON.parse(text) as Line) });
}

const WARN = 40;
const endpoints = { rawtx: "tcp://127.0.0.1:28332" };
const network = {
  version: 280_000,
  subversion: "/Satoshi:28.0.0/",
  networkActive: true,
  localRelay: true,
  connections: 8,
};
const published = [{ type: "pubrawtx", address: "tcp://127.0.0.1:28332", highWaterMark: 0 }];
const answering = (network: object) => ({
  getNetworkInfo: () => Promise.resolve(network as never),
  getZmqNotifications: () => Promise.resolve(published as never),
});

describe("a recording", () => {
  it.each([
    ["takes blocks only", { localRelay: false }, ["node_blocks_only"]],
    ["has its network switched off", { networkActive: false }, ["node_network_off"]],
    ["has no peers", { connections: 0 }, ["node_no_peers"]],
    ["relays transactions", {}, []],
  ])("starts with the warnings of a node that %s", async (_, change, codes) => {
    const lines: Line[] = [];
    await logNodeFindings(
      answering({ ...network, ...change }),
      endpoints,
      "main",
      logTo(lines),
      new AbortController().signal,
    );
    expect(lines.map(({ level, code }) => [level, code])).toEqual(codes.map((code) => [WARN, code]));
  });

  it("starts with a warning when the node does not respond over RPC", async () => {
    const lines: Line[] = [];
    const away = () => Promise.reject(new NodeRpcError("timeout", "getnetworkinfo", "no answer within 30 s"));
    const node = { getNetworkInfo: away, getZmqNotifications: away };
    await logNodeFindings(node, endpoints, "main", logTo(lines), new AbortController().signal);
    expect(lines).toMatchObject([{ level: WARN, code: "rpc_timeout" }]);
  });

  it.each([
    [
      "the node, without a pause of this process",
      null,
      /^recording has a gap: node dropped messages: .*zmqpubrawtxhwm=0/,
    ],
    [
      "this process, after a pause of it",
      7.4,
      /^recording has a gap: messages lost while the program was paused: .*CPU.*zmqpubrawtxhwm=0/,
    ],
  ])("attributes a gap to %s", (_, pause, sentence) => {
    const lines: Line[] = [];
    const place = { endpoint: endpoints.rawtx, topics: ["rawtx"], timestamp: 1 } as const;
    const gap: FeedEvent = { type: "gap", topic: "rawtx", missed: 3, expectedCounter: 1, counter: 4, ...place };
    recordingEvents(logTo(lines), () => pause)(gap);
    expect(lines[0]).toMatchObject({ level: WARN, missed: 3, msg: expect.stringMatching(sentence) as string });
    expect(lines[0]?.["paused_seconds"]).toBe(pause === null ? undefined : 7);
  });
});
