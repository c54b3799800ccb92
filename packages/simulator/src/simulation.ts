import { chooseTransactions } from "./block-template.ts";
import { PriceWalk } from "./price-walk.ts";
import { ScriptWriter } from "./scripts.ts";
import { SeededRandom } from "./seeded-random.ts";
import { assembleBlock, type SimulatedBlock } from "./simulated-block.ts";
import { SimulatedMempool } from "./simulated-mempool.ts";
import type { SimulatedTransaction } from "./simulated-transaction.ts";
import { type CheckedSimulationOptions, checkSimulationOptions, type SimulationOptions } from "./simulation-options.ts";
import { SimulatorError } from "./simulator-error.ts";
import { TransactionFactory } from "./transaction-factory.ts";

/** Events of the simulated node, in order. `time` is in seconds after the start. */
export type SimulationEvent =
  | { type: "transaction_added"; time: number; transaction: SimulatedTransaction; mempoolSequence: number }
  | {
      type: "transaction_removed";
      time: number;
      transaction: SimulatedTransaction;
      mempoolSequence: number;
      reason: "replaced" | "evicted";
    }
  | { type: "block_connected"; time: number; block: SimulatedBlock }
  | { type: "block_disconnected"; time: number; block: SimulatedBlock };

const RECENT_KEPT = 256;
const MIN_BLOCK_GAP_SECONDS = 1;
/**
 * Blocks are pruned to headers after the history length or this, whichever is longer, plus an hour.
 * Seconds.
 */
const MIN_KEPT_SECONDS = 10_800;
const HEADERS_KEPT = 10_000;

/**
 * The market, the mempool and the chain, without clock, sockets or timers: {@link advance} advances
 * the time. The same seed and options give the same events, whatever the time steps.
 */
export class Simulation {
  readonly options: CheckedSimulationOptions;
  readonly mempool = new SimulatedMempool();
  /** Start (time 0), Unix seconds. */
  readonly startTimestamp: number;
  readonly #prices: PriceWalk;
  readonly #factory: TransactionFactory;
  readonly #scripts: ScriptWriter;
  readonly #arrivals: SeededRandom;
  readonly #events: SeededRandom;
  readonly #mining: SeededRandom;
  readonly #blocks: SimulatedBlock[] = [];
  readonly #recent: SimulatedTransaction[] = [];
  #recentNext = 0;
  #unseen: SimulatedTransaction[] = [];
  #transactionsPerSecond: number;
  #nextArrival: number;
  #nextBlock: number;
  #extraNonce = 0;
  #time: number;

  /** @param startTimestamp - Unix seconds; affects only block headers and entry times */
  constructor(options: SimulationOptions, startTimestamp: number) {
    this.options = checkSimulationOptions(options);
    this.startTimestamp = startTimestamp;
    const random = new SeededRandom(this.options.seed);
    this.#prices = new PriceWalk(random, this.options.startPrice, this.options.volatility);
    this.#factory = new TransactionFactory(random, this.options.peakStrength);
    this.#scripts = new ScriptWriter(random.fork("blocks"));
    this.#arrivals = random.fork("arrivals");
    this.#events = random.fork("events");
    this.#mining = random.fork("mining");
    this.#transactionsPerSecond = this.options.transactionsPerSecond;
    this.#time = -this.options.historySeconds;
    this.#nextArrival = this.#time + this.#arrivals.exponential(1 / this.#transactionsPerSecond);
    this.#nextBlock = this.#drawNextBlock();
    // The oldest block, empty. Earlier blocks count as pruned.
    const anchor = { scripts: this.#scripts, extraNonce: this.#extraNonce++, transactions: [] };
    const previousHash = "11".repeat(32);
    const timestamp = this.#unixSeconds(this.#time);
    this.#blocks.push(assembleBlock({ ...anchor, height: this.options.startHeight, timestamp, previousHash }));
  }

  /** Seconds after the start; negative during the history. */
  get time(): number {
    return this.#time;
  }

  /** The best block. */
  get tip(): SimulatedBlock {
    return this.#blocks[this.#blocks.length - 1]!;
  }

  /** The stored blocks, oldest first. */
  get blocks(): readonly SimulatedBlock[] {
    return this.#blocks;
  }

  /** True price `seconds` after the start, dollars per bitcoin. */
  priceAt(seconds: number): number {
    return this.#prices.priceAt(seconds);
  }

  get transactionsPerSecond(): number {
    return this.#transactionsPerSecond;
  }

  /** Changes the mean rate; 0 for no transactions. */
  setTransactionsPerSecond(rate: number): void {
    this.#transactionsPerSecond = rate;
    this.#nextArrival = this.#time + this.#arrivals.exponential(1 / rate);
  }

  /** Runs all events up to `until`, seconds after the start, in order. */
  advance(until: number, onEvent: (event: SimulationEvent) => void): void {
    for (;;) {
      const next = Math.min(this.#nextArrival, this.#nextBlock);
      if (!(next <= until)) break;
      this.#time = next;
      if (this.#nextArrival <= this.#nextBlock) {
        this.#arrive(onEvent);
        this.#nextArrival = this.#time + this.#arrivals.exponential(1 / this.#transactionsPerSecond);
      } else {
        this.mineBlock(onEvent);
        this.#nextBlock = this.#drawNextBlock();
      }
    }
    this.#time = Math.max(this.#time, until);
  }

  /** Mines a block now. */
  mineBlock(onEvent: (event: SimulationEvent) => void): SimulatedBlock {
    const unseen = this.#unseen;
    this.#unseen = [];
    const reserved = unseen.reduce((sum, { weight }) => sum + weight, 0);
    return this.#connect([...unseen, ...chooseTransactions(this.mempool, this.#time, reserved, this.#mining)], onEvent);
  }

  /**
   * Replaces the last `depth` blocks with `depth + 1` others. One in ten of the transactions
   * returns to the mempool instead.
   */
  reorganize(depth: number, onEvent: (event: SimulationEvent) => void): void {
    const most = this.#blocks.filter(({ transactions }) => transactions !== null).length - 1;
    if (!(Number.isInteger(depth) && depth >= 1 && depth <= most)) {
      throw new SimulatorError("bad_option", `depth must be an integer from 1 to ${most}, not ${depth}`);
    }
    const takenBack = this.#blocks.splice(-depth);
    for (const block of [...takenBack].reverse()) {
      onEvent({ type: "block_disconnected", time: this.#time, block });
    }
    const returned = new Set<SimulatedTransaction>();
    for (const block of takenBack) {
      const kept = (block.transactions ?? []).slice(1).filter((transaction) => {
        const stays = !transaction.parents.some((parent) => returned.has(parent)) && !this.#mining.chance(0.1);
        if (!stays) returned.add(transaction);
        return stays;
      });
      this.#connect(kept, onEvent);
    }
    const height = this.tip.height;
    const entries = [...returned].map((transaction) => ({ transaction, enteredAt: this.#time, height }));
    for (const [index, mempoolSequence] of this.mempool.putBack(entries).entries()) {
      const { transaction } = entries[index]!;
      onEvent({ type: "transaction_added", time: this.#time, transaction, mempoolSequence });
    }
    this.#connect([], onEvent);
  }

  /** Restarts the node: the mempool is loaded from disk and each transaction is announced again. */
  restart(onEvent: (event: SimulationEvent) => void): void {
    for (const entry of this.mempool.unload()) {
      const mempoolSequence = this.mempool.add(entry);
      onEvent({ type: "transaction_added", time: this.#time, transaction: entry.transaction, mempoolSequence });
    }
  }

  #arrive(onEvent: (event: SimulationEvent) => void): void {
    const events = this.#events;
    if (events.chance(this.options.evictionShare)) this.#evictOldest(onEvent);
    if (events.chance(this.options.replacementShare) && this.#replace(onEvent)) return;
    const transaction = this.#factory.next(this.priceAt(this.#time));
    if (transaction.parents.length === 0 && events.chance(this.options.unseenShare)) {
      transaction.spendable = false;
      this.#unseen.push(transaction);
      return;
    }
    this.#admit(transaction, onEvent);
    while (this.mempool.size > this.options.maxMempoolTransactions) this.#evictOldest(onEvent);
  }

  #admit(transaction: SimulatedTransaction, onEvent: (event: SimulationEvent) => void): void {
    const entry = { transaction, enteredAt: this.#time, height: this.tip.height };
    const mempoolSequence = this.mempool.add(entry);
    if (transaction.spendable) {
      this.#recent[this.#recentNext] = transaction;
      this.#recentNext = (this.#recentNext + 1) % RECENT_KEPT;
    }
    onEvent({ type: "transaction_added", time: this.#time, transaction, mempoolSequence });
  }

  #replace(onEvent: (event: SimulationEvent) => void): boolean {
    if (this.#recent.length === 0) return false;
    const candidate = this.#recent[this.#events.integer(0, this.#recent.length - 1)]!;
    // Skips transactions with children, which would be evicted too; wallets avoid that.
    if (!candidate.spendable || !this.mempool.has(candidate.txid)) return false;
    const replacement = this.#factory.replacement(candidate);
    if (replacement === null) return false;
    this.#remove(candidate, "replaced", onEvent);
    this.#admit(replacement, onEvent);
    return true;
  }

  #evictOldest(onEvent: (event: SimulationEvent) => void): void {
    const oldest = this.mempool.entries().next().value;
    if (oldest === undefined) return;
    for (const descendant of this.mempool.descendants(oldest.transaction)) this.#remove(descendant, "evicted", onEvent);
    this.#remove(oldest.transaction, "evicted", onEvent);
  }

  #remove(
    transaction: SimulatedTransaction,
    reason: "replaced" | "evicted",
    onEvent: (event: SimulationEvent) => void,
  ): void {
    const mempoolSequence = this.mempool.remove(transaction);
    transaction.spendable = false;
    if (mempoolSequence === null) return;
    onEvent({ type: "transaction_removed", time: this.#time, transaction, mempoolSequence, reason });
  }

  #connect(transactions: SimulatedTransaction[], onEvent: (event: SimulationEvent) => void): SimulatedBlock {
    const block = assembleBlock({
      height: this.tip.height + 1,
      timestamp: Math.max(this.#unixSeconds(this.#time), this.tip.timestamp + 1),
      previousHash: this.tip.hash,
      transactions,
      extraNonce: this.#extraNonce++,
      scripts: this.#scripts,
    });
    for (const transaction of transactions) this.mempool.remove(transaction);
    this.#blocks.push(block);
    this.#prune();
    onEvent({ type: "block_connected", time: this.#time, block });
    return block;
  }

  #prune(): void {
    const keptSeconds = Math.max(this.options.historySeconds, MIN_KEPT_SECONDS) + 3600;
    const oldest = this.#unixSeconds(this.#time - keptSeconds);
    for (const block of this.#blocks) {
      if (block.timestamp >= oldest) break;
      block.prune();
    }
    if (this.#blocks.length > HEADERS_KEPT) this.#blocks.shift();
  }

  #drawNextBlock(): number {
    return this.#time + MIN_BLOCK_GAP_SECONDS + this.#mining.exponential(this.options.blockIntervalSeconds);
  }

  #unixSeconds(time: number): number {
    return Math.floor(this.startTimestamp + time);
  }
}
