import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import { parseCommandLine } from "../../src/commands/cli/parse.ts";
import { budgets } from "../../src/config/budgets.ts";
import { loadSettings } from "../../src/config/load.ts";
import { openMqtt } from "../../src/relay/mqtt/open-mqtt.ts";
import { eventually } from "../e2e/service-process.ts";
import { type BrokerConnection, StandInBroker } from "./stand-in-broker.ts";

const { count, bytes } = budgets.mqttMessages;
const PINGRESP = [0xd0, 0];
const PUBREL = [0x62, 2, 0, 7];
const PUBCOMP_BYTES = 4;
const TOO_MUCH = "the broker sends more than acknowledgements";

/** PUBLISH of a retained message on topic "a", which has no subscription. */
function retained(size: number, qos = 0): Uint8Array {
  const body = Buffer.alloc(size, 0x61);
  // The id of the message, with QoS 1 and 2, follows the topic.
  body.set([0, 1, 0x61, 0, 7]);
  const length = [0, 7, 14, 21].map((shift) => ((size >> shift) & 0x7f) | (shift === 21 ? 0 : 0x80));
  return Buffer.concat([Uint8Array.from([0x31 | (qos << 1), ...length]), body]);
}

const times = (many: number, message: readonly number[] | Uint8Array): number[] =>
  Array.from({ length: many }, () => [...message]).flat();

/** The relay, connected to a broker. */
async function relayAt(onConnection: (connection: BrokerConnection) => void) {
  const broker = await StandInBroker.start(onConnection);
  onTestFinished(() => broker.stop());
  const problems: unknown[] = [];
  const { command, flags } = parseCommandLine(["--mqtt", broker.url], {});
  const clock = { ms: 0 };
  const relay = await openMqtt({
    ...{ settings: loadSettings(command, flags, {}, undefined).settings, version: "1.2.3", now: () => clock.ms },
    log: pino({ base: null, level: "warn" }, { write: (line: string) => problems.push(JSON.parse(line).problem) }),
  });
  onTestFinished(() => relay?.close());
  return { broker, problems, clock };
}

describe("the connection to an MQTT broker", () => {
  it.each<[string, readonly number[] | Uint8Array]>([
    ["a message of 64 MiB", retained(64 << 20)],
    ["a message of the budget's bytes", retained(bytes)],
    ["retained messages", times(count, retained(10))],
    ["retained messages with QoS 2", times(count, retained(10, 2))],
    ["more messages than the budget", times(count, PINGRESP)],
    ["the first bytes of a SUBACK of 256 MiB", [0x90, 0xff, 0xff, 0xff, 0x7f, ...times(bytes, [0])]],
  ])("closes after %s", async (_name, sent) => {
    const { broker, problems } = await relayAt(({ accept, send }) => {
      accept();
      send(sent);
    });
    await eventually("the end of the connection", () => broker.open === 0 && problems.length > 0, Boolean);
    expect(problems).toEqual([TOO_MUCH]);
  });

  it("stays open within the budget, which starts again after its period", async () => {
    let connection: BrokerConnection | undefined;
    const { broker, problems, clock } = await relayAt((opened) => {
      connection = opened;
      opened.accept();
    });
    const sendAndWait = async (messages: number): Promise<void> => {
      await eventually("a connection", () => connection !== undefined, Boolean);
      const before = broker.received;
      // The client answers a PUBREL, so it has read the messages before it.
      connection?.send([...times(messages - 1, PINGRESP), ...PUBREL]);
      await eventually(
        "the answer",
        () => broker.received,
        (received) => received >= before + PUBCOMP_BYTES,
      );
    };
    await sendAndWait(count - 1);
    clock.ms += 10_000;
    await sendAndWait(count);
    expect({ open: broker.open, problems }).toEqual({ open: 1, problems: [] });
  });

  it("is refused with one log line", async () => {
    const { broker, problems } = await relayAt(({ refuse }) => refuse());
    await eventually("the end of the connection", () => broker.open === 0 && problems.length > 0, Boolean);
    expect(problems).toEqual(["Connection refused: Not authorized"]);
  });
});
