import { eventually, nodeless } from "../e2e/service-process.ts";
import { type BrokerConnection, StandInBroker } from "../mqtt/stand-in-broker.ts";
import { type Attack, waitMs } from "./attack.ts";
import { expectHeld, underAttack } from "./under-attack.ts";

const LARGE_BYTES = 64 << 20;
const SMALL_MESSAGES = 1_000_000;

/** A message (PUBLISH) of 64 MiB on the topic "a", which has no subscription. */
const large = (): Uint8Array => {
  const message = new Uint8Array(5 + LARGE_BYTES).fill(0x61);
  message.set([0x30, 0x80, 0x80, 0x80, 0x20, 0, 1, 0x61]);
  return message;
};
/** Answers to pings (PINGRESP) that the service did not send. */
const small = (): Uint8Array =>
  Uint8Array.from({ length: 2 * SMALL_MESSAGES }, (_, index) => (index % 2 === 0 ? 0xd0 : 0));

/** Floods the service's connection to an MQTT broker, one kind of message per connection. */
export const mqttFlood: Attack = {
  name: "mqtt-flood",
  title: "an MQTT broker that sends 64 MiB or 1,000,000 messages on each of 12 connections (short: 1)",
  async run(size) {
    const connections = size === "full" ? 12 : 1;
    let opened = 0;
    const broker = await StandInBroker.start(({ accept, send }: BrokerConnection) => {
      accept();
      if (opened < connections) send(opened % 2 === 0 ? large() : small());
      opened++;
    });
    try {
      const report = await underAttack([...nodeless, "--mqtt", broker.url], async () => {
        // The service connects again after each, and stays connected to a broker that is quiet.
        await eventually(
          "the connection after the flood",
          () => opened,
          (count) => count > connections,
          waitMs(size, 120_000),
        );
      });
      return expectHeld(size, report, { peakRssMib: 300, longestSilenceMs: 5000 });
    } finally {
      await broker.stop();
    }
  },
};
