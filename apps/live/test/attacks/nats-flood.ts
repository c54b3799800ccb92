import { setTimeout as pause } from "node:timers/promises";
import { busNames, originHeaders } from "../../src/relay/bus/bus-names.ts";
import { type Attack, waitMs } from "./attack.ts";
import { NatsBench, recovered } from "./nats-bench.ts";
import { expectHeld, underAttack } from "./under-attack.ts";

const names = busNames("utxoracle");

/** Floods an edge with messages, including oversized ones. */
export const natsFlood: Attack = {
  name: "nats-flood",
  soakOnly: true,
  needs: ["nats-server"],
  title: "small and large messages of false terms on the NATS subject (400,000 and 400; short: 5,000 and 10)",
  async run(size) {
    const bench = await NatsBench.start("max_payload: 8MB");
    const { attacker, packages } = bench;
    try {
      const report = await underAttack(["edge", "--bus", bench.nats.url], async (edge) => {
        await recovered(edge, "the start", waitMs(size, 60_000));
        const send = async (count: number, bytes: number, term: string): Promise<void> => {
          const headers = packages.transport.headers();
          headers.set(originHeaders.analyzer, "false");
          headers.set(originHeaders.term, term);
          const payload = new Uint8Array(bytes).fill(0x5b);
          for (let sent = 0; sent < count; sent++) {
            attacker.publish(names.liveSubject, payload, { headers });
            if (sent % 100 === 99) await attacker.flush();
            // Bounded in time, also on a slow machine.
            if (sent % 10_000 === 9999) await pause(50);
          }
          await attacker.flush();
        };
        const [small, large] = size === "full" ? [400_000, 400] : [5000, 10];
        await send(small, 100, "7");
        await send(large, 7_000_000, "7");
        await send(small / 10, 2000, "no number");
        await recovered(edge, "the flood", waitMs(size, 30_000));
      });
      return expectHeld(size, report, { peakRssMib: 400, longestSilenceMs: 5000 });
    } finally {
      await bench.dispose();
    }
  },
};
