/** One point of the chart. `txid`, `vout` and `amount` are null if the stream did not send them. */
export interface ChartPoint {
  /** Unix seconds. */
  readonly timestamp: number;
  /** US dollars per bitcoin. */
  readonly price: number;
  readonly txid: string | null;
  readonly vout: number | null;
  /** BTC. */
  readonly amount: number | null;
}

/** Input of {@link PointColumns.push}: a point of the stream, perhaps partial. */
export interface PointInput {
  readonly timestamp: number;
  readonly price: number;
  readonly txid?: string | undefined;
  readonly vout?: number | undefined;
  readonly amount?: number | undefined;
}

const FIRST_CAPACITY = 1024;
const TXID_BYTES = 32;
const UNKNOWN_VOUT = 0xff;

/**
 * Points as typed arrays, oldest first: 65 bytes per point, no allocation per point. Valid indices
 * are `start` ≤ i < `end`. `origin + i` identifies a point as long as it is held.
 */
export class PointColumns {
  readonly #capacityMax: number;
  #capacity = 0;
  /** Unix seconds. */
  times: Float64Array = new Float64Array(0);
  /** Position on the time axis, Unix seconds; the point's own time by default. */
  positions: Float64Array = new Float64Array(0);
  /** US dollars per bitcoin. */
  prices: Float64Array = new Float64Array(0);
  #amounts = new Float64Array(0);
  #vouts = new Uint8Array(0);
  #txids = new Uint8Array(0);
  start = 0;
  end = 0;
  /** Changes with every push, drop and clear. */
  revision = 0;
  /** Changes when points move to other indices or are cleared. Old indices are invalid then. */
  generation = 0;
  /** `origin + index` is a point's stable number. */
  origin = 0;

  /** @param capacityMax maximum number of points; the oldest are dropped. */
  constructor(capacityMax: number) {
    this.#capacityMax = capacityMax;
  }

  get length(): number {
    return this.end - this.start;
  }

  push(point: PointInput, position: number = point.timestamp): void {
    if (this.end === this.#capacity) this.#makeRoom();
    const i = this.end++;
    this.times[i] = point.timestamp;
    this.positions[i] = position;
    this.prices[i] = point.price;
    this.#amounts[i] = point.amount ?? Number.NaN;
    this.#vouts[i] = point.txid === undefined ? UNKNOWN_VOUT : (point.vout ?? 0);
    if (point.txid !== undefined) this.#setTxid(i, point.txid);
    this.revision++;
  }

  /** Adds the payment of a point that was pushed without it, and its exact price. */
  describe(
    index: number,
    point: { readonly price: number; readonly txid: string; readonly vout: number; readonly amount: number },
  ): void {
    this.prices[index] = point.price;
    this.#amounts[index] = point.amount;
    this.#vouts[index] = point.vout;
    this.#setTxid(index, point.txid);
    this.revision++;
  }

  /** Drops points older than `time`, Unix seconds. */
  dropBefore(time: number): void {
    const before = this.start;
    while (this.start < this.end && (this.times[this.start] as number) < time) this.start++;
    if (this.start !== before) this.revision++;
  }

  clear(): void {
    this.origin += this.end;
    this.start = this.end = 0;
    this.generation++;
    this.revision++;
  }

  /** The point at `index`, or null. */
  at(index: number): ChartPoint | null {
    if (!(index >= this.start && index < this.end)) return null;
    const amount = this.#amounts[index] as number;
    const vout = this.#vouts[index] as number;
    const known = vout !== UNKNOWN_VOUT;
    let txid = "";
    for (let k = index * TXID_BYTES; k < (index + 1) * TXID_BYTES; k++)
      txid += (this.#txids[k] as number).toString(16).padStart(2, "0");
    return {
      timestamp: this.times[index] as number,
      price: this.prices[index] as number,
      txid: known ? txid : null,
      vout: known ? vout : null,
      amount: Number.isNaN(amount) ? null : amount,
    };
  }

  #setTxid(index: number, txid: string): void {
    for (let k = 0; k < TXID_BYTES; k++)
      this.#txids[index * TXID_BYTES + k] = Number.parseInt(txid.slice(2 * k, 2 * k + 2), 16);
  }

  #makeRoom(): void {
    const { start, end } = this;
    // Half of the capacity is free at the front, or the maximum is reached: move instead of
    // growing.
    let from = start;
    if (2 * from <= this.#capacity) {
      if (this.#capacity < this.#capacityMax) {
        this.#capacity = Math.min(this.#capacityMax, Math.max(FIRST_CAPACITY, 2 * this.#capacity));
        this.times = grown(this.times, new Float64Array(this.#capacity));
        this.positions = grown(this.positions, new Float64Array(this.#capacity));
        this.prices = grown(this.prices, new Float64Array(this.#capacity));
        this.#amounts = grown(this.#amounts, new Float64Array(this.#capacity));
        this.#vouts = grown(this.#vouts, new Uint8Array(this.#capacity));
        this.#txids = grown(this.#txids, new Uint8Array(this.#capacity * TXID_BYTES));
        return;
      }
      // Drops an eighth at once, so that a full store does not move its points at each push.
      from = Math.max(start, Math.ceil(this.#capacity / 8));
    }
    for (const column of [this.times, this.positions, this.prices, this.#amounts, this.#vouts])
      column.copyWithin(0, from, end);
    this.#txids.copyWithin(0, from * TXID_BYTES, end * TXID_BYTES);
    this.start = 0;
    this.end = end - from;
    this.origin += from;
    this.generation++;
  }
}

function grown<T extends Float64Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
