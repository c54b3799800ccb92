/** A tick of the stream, as `utxoracle-live` sends it. */
export function tick(data: { seq: number; snapshot: boolean; price: number; status: string }): string {
  return JSON.stringify({
    type: "mempool_update",
    data: {
      confidence: 0.97,
      transactions: [],
      stats: { total_received: 12_543, total_filtered: 8_234, active_in_window: 4_309, uptime_seconds: 3_600 },
      timestamp: 1_757_535_586 + data.seq / 2,
      epoch: "k3v9",
      interval: { low: data.price - 300, high: data.price + 300 },
      window_seconds: 10_800,
      engine: "posterior",
      source: "node",
      chain: "main",
      node: {
        connected: true,
        last_message_age: 0.2,
        missed_messages: 0,
        resyncing: false,
        height: 914_000,
        last_block_timestamp: 1_757_535_400,
      },
      ...data,
    },
  });
}
