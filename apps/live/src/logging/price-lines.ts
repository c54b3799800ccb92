import type { MempoolSnapshotData } from "@utxoracle/models";
import type { Logger } from "pino";
import { logLine } from "./log-line.ts";

/** Logs the first price, then one price per block. */
export class PriceLines {
  readonly #log: Logger;
  /** Height of the last line; undefined before the first. */
  #height: number | null | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  onTick({
    price,
    interval,
    status,
    node: { height },
  }: Pick<MempoolSnapshotData, "price" | "interval" | "status" | "node">): void {
    if (price === null || height === this.#height) return;
    this.#height = height;
    const cents = (usd: number): number => Math.round(usd * 100) / 100;
    logLine(this.#log, "price", {
      usd: cents(price),
      ...(interval === null ? {} : { low: cents(interval.low), high: cents(interval.high) }),
      status,
      height,
    });
  }
}
