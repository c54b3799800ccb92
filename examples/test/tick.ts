import { SAMPLE_TIME, sampleTick } from "@utxoracle/testkit";

/** A tick of the stream, as `utxoracle-live` sends it. */
export function tick(data: { seq: number; snapshot: boolean; price: number; status: string }): string {
  const interval = { low: data.price - 300, high: data.price + 300 };
  return JSON.stringify(sampleTick({ timestamp: SAMPLE_TIME + data.seq / 2, interval, ...data }));
}
