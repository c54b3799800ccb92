import type { MqttClient } from "mqtt";
import { budgets } from "../../config/budgets.ts";

/** Period of the limit, ms. */
const PERIOD_MS = 10_000;

/**
 * Closes a connection on which the broker sends more than the budget. The MQTT client itself
 * accepts messages of 256 MiB on topics without a subscription. Call it before the client connects.
 * @param now monotonic clock, ms.
 * @param onExceeded called once per closed connection.
 */
export function limitBroker(client: MqttClient, now: () => number, onExceeded: () => void): void {
  const { count, bytes } = budgets.mqttMessages;
  let startedAtMs = now();
  let received = { messages: 0, bytes: 0 };
  const add = (messages: number, size: number): void => {
    if (now() - startedAtMs >= PERIOD_MS) {
      startedAtMs = now();
      received = { messages: 0, bytes: 0 };
    }
    received.messages += messages;
    received.bytes += size;
    if (client.stream.destroyed || (received.messages <= count && received.bytes <= bytes)) return;
    onExceeded();
    client.stream.destroy();
  };
  client.on("packetsend", ({ cmd }) => {
    // The first message of a connection.
    if (cmd === "connect") client.stream.on("data", (part: Uint8Array) => add(0, part.byteLength));
  });
  client.on("packetreceive", () => add(1, 0));
}
