import { createHash } from "node:crypto";

/** Points per update: half a second of a busy mempool. */
const POINTS_PER_UPDATE = 5;
const POINTS_PER_SNAPSHOT = 300;

/** Milliseconds of a clock shared by all processes. */
export function sharedNowMs(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * A message like those of the price stream: an update of about 1.5 kB, a snapshot of about 45 kB.
 *
 * @param paddingBytes added to both
 */
export function priceMessage(seq: number, snapshot: boolean, paddingBytes = 0): string {
  const points = snapshot ? POINTS_PER_SNAPSHOT : POINTS_PER_UPDATE;
  return JSON.stringify({
    type: "mempool_update",
    data: {
      seq,
      sent_at_ms: sharedNowMs(),
      snapshot,
      price: 113_600.5 + seq,
      confidence: 0.97,
      transactions: Array.from({ length: points }, (_, index) => ({
        timestamp: 1_678_901_234.1 + index,
        price: 113_500.25 + index,
        txid: createHash("sha256")
          .update(String(seq * POINTS_PER_UPDATE + index))
          .digest("hex"),
        vout: index % 2,
        amount: 0.000_881_57,
      })),
      stats: { total_received: 12_543, total_filtered: 8234, active_in_window: 4309, uptime_seconds: 3600.5 },
      timestamp: 1_678_901_234.567,
      epoch: "load",
      status: "ok",
      interval: { low: 113_310, high: 113_890 },
      window_seconds: 10_800,
      engine: "posterior",
      source: "simulation",
      chain: "main",
      node: {
        connected: true,
        last_message_age: 0.2,
        missed_messages: 0,
        resyncing: false,
        height: 870_000,
        last_block_timestamp: 1_678_900_000,
      },
      ...(paddingBytes > 0 && { padding: "x".repeat(paddingBytes) }),
    },
  });
}

/** The fields needed by a client, extracted without parsing the whole message. */
export function readStamp(text: string): { seq: number; sentAtMs: number; snapshot: boolean } {
  const match = /"seq":(\d+),"sent_at_ms":([\d.]+),"snapshot":(true|false)/.exec(text.slice(0, 160));
  if (match === null) throw new Error(`no stamp in: ${text.slice(0, 160)}`);
  return { seq: Number(match[1]), sentAtMs: Number(match[2]), snapshot: match[3] === "true" };
}
