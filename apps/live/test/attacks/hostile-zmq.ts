import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { cleanEnvironment, eventually } from "../e2e/service-process.ts";
import type { Attack } from "./attack.ts";
import { expectHeld, underAttack } from "./under-attack.ts";

/** Duration at full size, ms. A short attack lasts until its effect is counted. */
const DURATION_MS = 20_000;

interface PublisherAttack {
  readonly name: string;
  readonly title: string;
  /** Data that the publisher sends; see hostile-publisher-process.ts. */
  readonly harm: "junk" | "endless" | "endlessSmall" | "blocks";
  /** Time between messages in the short run, ms; default 5. */
  readonly shortPaceMs?: number;
  /** Metric that counts the arrivals, and its minimum value. */
  readonly arrived: { readonly metric: RegExp; readonly least: number };
  readonly peakRssMib: number;
  readonly soakOnly?: true;
}

/** A hostile publisher instead of a node, without RPC. It exits while sending. */
function attackByPublisher({ harm, shortPaceMs = 5, arrived, peakRssMib, ...described }: PublisherAttack): Attack {
  return {
    ...described,
    async run(size) {
      const program = fileURLToPath(new URL("./hostile-publisher-process.ts", import.meta.url));
      // On a busy machine the program's check for endless messages comes late.
      const pace = size === "short" ? [String(shortPaceMs)] : [];
      const publisher = fork(program, [harm, ...pace], {
        execArgv: ["--conditions=@utxoracle/source", "--import", "tsx"],
        env: cleanEnvironment(),
        stdio: ["ignore", "inherit", "inherit", "ipc"],
      });
      try {
        const [url] = (await once(publisher, "message")) as [string];
        const words = ["--zmq-rawtx", url, "--zmq-rawblock", url, "--zmq-sequence", url];
        const report = await underAttack([...words, "--rpc-url", "none", "--chain", "main"], async (service) => {
          if (size === "full") await pause(DURATION_MS);
          await eventually(
            `${arrived.metric} of ${arrived.least}`,
            () => service.get("/metrics"),
            ({ text }) => Number(arrived.metric.exec(text)?.[1]) >= arrived.least,
          );
          publisher.kill("SIGKILL");
          await eventually(
            "the end of the connection",
            () => service.get("/health/ready"),
            ({ text }) => text.includes("node_disconnected"),
          );
        });
        return expectHeld(size, report, { peakRssMib, longestSilenceMs: 5000 });
      } finally {
        publisher.kill("SIGKILL");
      }
    },
  };
}

export const junkMessages: Attack = attackByPublisher({
  name: "junk-zmq-messages",
  title:
    "a publisher that sends junk of 1 MB, wrong parts and 2,000 removals at a time for 20 s (short: until its effect)",
  harm: "junk",
  arrived: { metric: /^utxoracle_transactions_total\{result="malformed"\} (\d+)/m, least: 10 },
  peakRssMib: 450,
});

export const endlessMessage: Attack = attackByPublisher({
  name: "endless-zmq-message",
  soakOnly: true,
  title: "a publisher whose message has parts of 100 kB without an end, for 20 s (short: until its effect)",
  harm: "endless",
  arrived: { metric: /^utxoracle_feed_reconnections_total (\d+)/m, least: 1 },
  peakRssMib: 700,
});

export const endlessSmallParts: Attack = attackByPublisher({
  name: "endless-zmq-small-parts",
  soakOnly: true,
  title: "a publisher whose message has parts of one byte without an end, for 20 s (short: until its effect)",
  harm: "endlessSmall",
  arrived: { metric: /^utxoracle_feed_reconnections_total (\d+)/m, least: 1 },
  peakRssMib: 700,
});

export const falseBlocks: Attack = attackByPublisher({
  name: "false-zmq-blocks",
  soakOnly: true,
  title: "a publisher that sends blocks of 15,000 payments that follow on none, for 20 s (short: until its effect)",
  harm: "blocks",
  shortPaceMs: 250,
  arrived: { metric: /^utxoracle_blocks_total\{event="connected"\} (\d+)/m, least: 3 },
  peakRssMib: 450,
});
