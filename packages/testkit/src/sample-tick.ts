/** Base time of the samples, Unix seconds. */
export const SAMPLE_TIME = 1_757_535_586;

const tick = {
  price: 113_600.5,
  confidence: 0.97,
  transactions: [],
  stats: { total_received: 12_543, total_filtered: 8_234, active_in_window: 4_309, uptime_seconds: 3_725.5 },
  timestamp: SAMPLE_TIME,
  snapshot: false,
  seq: 1,
  epoch: "k3v9",
  status: "ok",
  interval: { low: 113_310, high: 113_890 },
  price_timestamp: SAMPLE_TIME,
  window_price: 113_550.25,
  window_seconds: 10_800,
  engine: "posterior",
  source: "node",
  chain: "main",
  node: {
    connected: true,
    last_message_age: 0,
    missed_messages: 0,
    resyncing: false,
    height: 914_000,
    last_block_timestamp: SAMPLE_TIME - 190,
  },
  loading: null,
} as const;

/** A typical `mempool_update` of the stream; `data` overrides fields. */
export function sampleTick<Data extends object>(
  data: Data,
): { readonly type: "mempool_update"; readonly data: Omit<typeof tick, keyof Data> & Data } {
  return { type: "mempool_update", data: { ...tick, ...data } };
}
