import type { AnalyzerStats } from "../src/index.ts";

type State = "active" | "rejected" | "seen" | "removed" | "expired" | "rejected-expired";

/**
 * The rules of the window over plain Maps, with no thought of speed: what the real one must equal.
 */
export class WindowModel {
  readonly transactions = new Map<string, { state: State; timestamp: number; amounts: number[] }>();
  received = 0;
  expired = 0;
  removed = 0;
  filtered = 0;
  readonly windowSeconds: number;
  lastTime = 0;

  constructor(windowSeconds: number) {
    this.windowSeconds = windowSeconds;
  }

  add(txid: string, timestamp: number, amounts: number[]): boolean {
    if (!this.#mayCome(txid)) return false;
    this.transactions.set(txid, { state: "active", timestamp, amounts });
    this.lastTime = timestamp;
    return true;
  }

  reject(txid: string, timestamp: number): boolean {
    if (!this.#mayCome(txid)) return false;
    this.transactions.set(txid, { state: "rejected", timestamp, amounts: [] });
    this.filtered++;
    this.lastTime = timestamp;
    return true;
  }

  see(txid: string): void {
    const known = this.transactions.get(txid);
    if (known !== undefined && known.state !== "removed") return;
    if (known === undefined) this.received++;
    else this.removed--;
    this.transactions.set(txid, { state: "seen", timestamp: this.lastTime, amounts: [] });
    this.filtered++;
  }

  remove(txid: string): boolean {
    const known = this.transactions.get(txid);
    if (known?.state !== "active") return false;
    known.state = "removed";
    this.removed++;
    return true;
  }

  expire(now: number): number {
    this.lastTime = now;
    let left = 0;
    for (const transaction of this.transactions.values()) {
      if (now - transaction.timestamp <= this.windowSeconds) continue;
      if (transaction.state === "active") {
        transaction.state = "expired";
        this.expired++;
        left++;
      } else if (transaction.state === "rejected" || transaction.state === "seen")
        transaction.state = "rejected-expired";
    }
    return left;
  }

  survivors(): Array<{ txid: string; timestamp: number; amounts: number[] }> {
    return [...this.transactions]
      .filter(([, { state }]) => state === "active")
      .map(([txid, { timestamp, amounts }]) => ({ txid, timestamp, amounts }));
  }

  stats(): Partial<AnalyzerStats> {
    const survivors = this.survivors();
    return {
      activeTxCount: survivors.length,
      activeAmountCount: survivors.reduce((count, { amounts }) => count + amounts.length, 0),
      totalReceived: this.received,
      totalFiltered: this.filtered,
      totalExpired: this.expired,
      totalRemoved: this.removed,
    };
  }

  has(txid: string): boolean {
    const known = this.transactions.get(txid);
    return known !== undefined && known.state !== "removed";
  }

  isInWindow(txid: string): boolean {
    return ["active", "rejected", "seen"].includes(this.transactions.get(txid)?.state ?? "");
  }

  #mayCome(txid: string): boolean {
    const known = this.transactions.get(txid);
    if (known === undefined) this.received++;
    else if (known.state === "removed") this.removed--;
    else if (known.state === "seen") this.filtered--;
    else return false;
    return true;
  }
}
