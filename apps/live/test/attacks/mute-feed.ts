import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "../e2e/service-process.ts";
import { StandIn } from "../e2e/stand-in.ts";
import { type Attack, waitMs } from "./attack.ts";
import { expectHeld, underAttack } from "./under-attack.ts";

/** Maximum time until the price is stale: `EVIDENCE_LIMIT_SECONDS` and one check period. */
const STALE_WITHIN_MS = 200_000;

/** A publisher that stays connected but stops sending. */
export const muteFeed: Attack = {
  name: "mute-feed",
  soakOnly: true,
  title: "a publisher that goes mute with its connection standing, without RPC, until the price is stale (short: 4 s)",
  async run(size) {
    const node = await StandIn.start(7, 300);
    try {
      const zmqFlags = node.flags.slice(0, node.flags.indexOf("--rpc-url"));
      const words = [...zmqFlags, "--rpc-url", "none", "--chain", "main"];
      const report = await underAttack(words, async (service) => {
        await eventually(
          "a connection",
          () => service.get("/health/ready"),
          ({ text }) => !text.includes("node_disconnected"),
        );
        await node.run(300, 10);
        const { price } = (
          await eventually(
            "a price",
            () => service.price(),
            (answer) => answer.price !== null,
            waitMs(size, 20_000),
          )
        ).answer;
        if (size === "short") return await pause(4000);
        const { answer } = await eventually(
          "a stale price",
          () => service.price(),
          ({ status }) => status === "stale",
          STALE_WITHIN_MS,
        );
        if (answer.price === null || price === null) throw new Error("the last good price is gone");
        const { status } = await service.get("/health/ready");
        if (status !== 503) throw new Error(`/health/ready answers ${status} while the price is stale`);
      });
      return expectHeld(size, report, { peakRssMib: 300, longestSilenceMs: 5000 });
    } finally {
      node.stop();
    }
  },
};
