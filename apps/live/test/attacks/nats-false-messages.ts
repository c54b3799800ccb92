import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { BUS_TERM_MAX, type BusLease } from "@utxoracle/models";
import { busNames, originHeaders } from "../../src/relay/bus/bus-names.ts";
import { packJson } from "../../src/relay/bus/packed-json.ts";
import { eventually } from "../e2e/service-process.ts";
import { type Attack, waitMs } from "./attack.ts";
import { NatsBench, recovered } from "./nats-bench.ts";
import { expectHeld, underAttack } from "./under-attack.ts";

const names = busNames("utxoracle");
/** Maximum recovery time of an edge after a forged message, ms: a forged lease must expire. */
const RECOVERY_MS = 20_000;

/**
 * Sends forged terms, numbers, epochs and times to an edge, and writes foreign values to the
 * bucket.
 */
export const natsFalseMessages: Attack = {
  name: "nats-false-messages",
  needs: ["nats-server"],
  title: "false messages on the NATS subject and foreign values in the bucket, each sent once",
  async run(size) {
    const bench = await NatsBench.start();
    try {
      const report = await underAttack(["edge", "--bus", bench.nats.url], async (edge) => {
        await recovered(edge, "the start", waitMs(size, 60_000));
        const attacks = Object.entries(await falseMessages(bench));
        for (const [what, send] of size === "full" ? attacks : attacks.filter(([what]) => SHORT.has(what))) {
          await send();
          await pause(500);
          await recovered(edge, what, waitMs(size, RECOVERY_MS));
        }
      });
      return expectHeld(size, report, { peakRssMib: 300, longestSilenceMs: 5000 });
    } finally {
      await bench.dispose();
    }
  },
};

/** The first message of each kind. */
const SHORT: ReadonlySet<string> = new Set([
  "a delta of term 2^53-1",
  "a lease of term 2^53-1",
  "a live state of term 2^52",
]);

async function falseMessages(bench: NatsBench): Promise<Record<string, () => Promise<unknown>>> {
  const { attacker, packages } = bench;
  const bucket = await new packages.kv.Kvm(packages.jetstream.jetstream(attacker)).open(names.bucket);
  /** The analyzer's lease after it has replaced a forged one. */
  const lease = async (): Promise<BusLease> => {
    const { answer } = await eventually(
      "the analyzer's lease",
      async () => JSON.parse((await bucket.get("lease"))?.string() || "{}") as BusLease,
      ({ analyzer }) => analyzer === "honest",
      RECOVERY_MS,
    );
    return answer;
  };
  const putLease = async (changes: object): Promise<unknown> =>
    bucket.put("lease", JSON.stringify({ ...(await lease()), analyzer: "false", epoch: "false", ...changes }));
  const update = await nextDelta(bench);
  const delta = async (term: number, changes: object): Promise<void> => {
    const headers = packages.transport.headers();
    headers.set(originHeaders.analyzer, "false");
    headers.set(originHeaders.term, String(term));
    const data = { ...update, ...changes };
    attacker.publish(names.liveSubject, JSON.stringify({ type: "mempool_update", data }), { headers });
    await attacker.flush();
  };
  const term = async (): Promise<number> => (await lease()).term;
  const nothing = { term: BUS_TERM_MAX, number: 2 ** 52, analyzer: "false" };
  const packed = (text: string): Promise<Uint8Array> => promisify(gzip)(text);
  const everyKey = async (value: Uint8Array): Promise<void> => {
    for (const key of ["lease", "live", "confirmed", "history"]) await bucket.put(key, value);
  };
  return {
    "a delta of term 2^53-1": () => delta(2 ** 53 - 1, {}),
    "a delta of the highest term": () => delta(BUS_TERM_MAX, {}),
    "a number far ahead": async () => delta(await term(), { seq: 2 ** 53 - 1 }),
    "another epoch": async () => delta(await term(), { epoch: "false" }),
    "a run of numbers ahead": async () => {
      const seq = (await nextDelta(bench))["seq"] as number;
      const leading = await term();
      for (let ahead = 1; ahead < 100; ahead++)
        await delta(leading, {
          seq: seq + ahead,
          price: 1,
          stats: { ...(update["stats"] as object), uptime_seconds: 1e9 },
        });
    },
    "times far in the future": async () => {
      const seq = (await nextDelta(bench))["seq"] as number;
      await delta(await term(), { seq: seq + 1, timestamp: 1e15, price_timestamp: 1e15 });
    },
    "a lease of term 2^53-1": () => putLease({ term: 2 ** 53 - 1 }),
    "a lease of the highest term": () => putLease({ term: BUS_TERM_MAX }),
    "a lease without end": () => putLease({ ttl_ms: 2 ** 52 }),
    "a lease that runs for long": () => putLease({ ttl_ms: 10_000 }),
    "a lease that runs for no time": () => putLease({ ttl_ms: 1 }),
    "a lease that names states that never were": () => putLease({ confirmed_number: 2 ** 52, history_number: 2 ** 52 }),
    "a deleted lease": () => bucket.delete("lease"),
    "a live state of term 2^52": async () => bucket.put("live", await packJson(nothing)),
    "states that are none": async () => {
      for (const key of ["live", "confirmed", "history"]) await bucket.put(key, await packJson(nothing));
    },
    "values that are no gzip": () => everyKey(Uint8Array.of(1, 2, 3)),
    "decompression bombs": async () => everyKey(await packed("0".repeat(500_000_000))),
    "nested brackets": async () => everyKey(await packed("[".repeat(6_000_000))),
    "a million objects": async () => everyKey(await packed(`[${"{},".repeat(1_000_000)}{}]`)),
    "deleted keys": async () => {
      for (const key of ["lease", "live", "confirmed", "history"]) await bucket.delete(key);
    },
    "no bucket": async () => {
      await bucket.destroy();
    },
  };
}

/** The next update that the analyzer publishes. */
async function nextDelta({ attacker }: NatsBench): Promise<Record<string, unknown>> {
  const subscription = attacker.subscribe(names.liveSubject, { max: 1 });
  for await (const message of subscription) return (message.json() as { data: Record<string, unknown> }).data;
  throw new Error("the subscription ended");
}
