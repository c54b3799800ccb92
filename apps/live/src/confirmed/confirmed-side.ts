import type { PricePoint } from "@utxoracle/estimator";
import type { BlockPathPrice, ConfirmedUpdate, Engine, EstimateStatus, PriceEstimate } from "@utxoracle/models";
import { budgets } from "../config/budgets.ts";
import { toCents, toPoint } from "../state/digits.ts";
import type { ConfirmedPublication } from "../state/publication.ts";
import { confirmedStatus } from "../state/status.ts";
import { ChainWindow, type HeldBlock } from "./chain-window.ts";
import { type BlockPrice, recorded } from "./price-record.ts";
import { WindowPoints } from "./window-points.ts";

export interface ConfirmedSideOptions {
  /** Length of the window, seconds back from the tip's time. */
  readonly windowSeconds: number;
  readonly engine: Engine;
  /** Estimates the price of a set of amounts in BTC. */
  readonly estimate: (amountsBtc: ArrayLike<number>) => PriceEstimate;
  /** Unix seconds. With an old tip the price becomes `stale`. */
  readonly now: () => number;
  /** Called with the price of each complete window. */
  readonly onPrice?: (price: BlockPrice) => void;
}

/** A reorganization may move the window's start back by this much, seconds. */
const SPARE_SECONDS = 2 * 3600;

/**
 * The confirmed price: of the last hours' blocks, recomputed with every block. The live price does
 * not use it.
 */
export class ConfirmedSide {
  readonly #options: ConfirmedSideOptions;
  /** The blocks of the window. Change it only through this class. */
  readonly chain: ChainWindow;
  /** The points of the window as of the last {@link publish}. */
  readonly points: WindowPoints;
  #estimate: PriceEstimate | null = null;
  /** Whether the estimate is of the current chain. */
  #isEstimated = false;
  #unpublished: HeldBlock[] = [];
  #needsSnapshot = false;
  /** Prices of blocks in hindsight, by hash. */
  #path: ReadonlyMap<string, BlockPathPrice> = new Map();
  #isPathNew = false;
  #publishedStatus: EstimateStatus = "warming_up";

  constructor(options: ConfirmedSideOptions) {
    this.#options = options;
    const { windowSeconds } = options;
    this.chain = new ChainWindow({
      seconds: windowSeconds,
      spareSeconds: SPARE_SECONDS,
      keeps: "transactions",
      limits: { blocks: budgets.confirmedBlocks.count, transactions: budgets.confirmedTransactions.count },
    });
    this.points = new WindowPoints(this.chain);
  }

  /**
   * Adds the newest block. Estimating is left to {@link publish}, so that many blocks at once cost
   * one estimate.
   * @returns the blocks that it replaced, or null if it was held already.
   * @throws {TxParseError} if the bytes are not a block.
   */
  connect(rawBytes: Uint8Array, height: number | null): readonly HeldBlock[] | null {
    const connected = this.chain.connect(rawBytes, height);
    if (connected === null) return null;
    this.#isEstimated = false;
    this.#unpublished.push(connected.block);
    if (connected.replaced.length > 0) this.#needsSnapshot = true;
    return connected.replaced;
  }

  /** Removes a block and those above it. @returns the removed blocks. */
  disconnect(blockHash: string): readonly HeldBlock[] {
    const left = this.chain.disconnect(blockHash);
    if (left.length > 0) {
      this.#isEstimated = false;
      this.#needsSnapshot = true;
    }
    return left;
  }

  /**
   * Whether blocks were added or removed since the last {@link publish}, or the price has become
   * too old.
   */
  get hasNews(): boolean {
    if (this.#needsSnapshot || this.#isPathNew || this.#unpublished.length > 0) return true;
    return this.#isEstimated && this.#status() !== this.#publishedStatus;
  }

  /** Sets the prices of blocks, by hash; those of other blocks are unknown then. */
  setPath(path: ReadonlyMap<string, BlockPathPrice>): void {
    this.#path = path;
    this.#isPathNew = true;
  }

  /** Makes the next message a snapshot. */
  requestSnapshot(): void {
    this.#needsSnapshot = true;
  }

  /** Computes and records the price of the current chain; {@link publish} does so too. */
  estimateNow(): void {
    if (this.#isEstimated) return;
    this.#isEstimated = true;
    this.#estimate = this.chain.blocks.length === 0 ? null : this.#options.estimate(this.chain.amountsBtc());
    this.#recordPrice();
  }

  /**
   * Makes the message, with the price of the current chain; a snapshot for all after a block was
   * removed.
   */
  publish(): ConfirmedPublication {
    const fresh = this.#needsSnapshot ? [] : this.#unpublished;
    const isOnlyPath = this.#isPathNew && !this.#needsSnapshot && fresh.length === 0;
    this.#isPathNew = false;
    this.#unpublished = [];
    this.#needsSnapshot = false;
    this.estimateNow();
    const isSameStatus = this.#publishedStatus === this.#status();
    this.#publishedStatus = this.#status();
    this.points.update(this.#estimate?.price ?? null);
    const snapshot = this.#message([], true);
    if (isOnlyPath && isSameStatus) return { delta: this.#message([], false), snapshot };
    // Clients that miss several blocks fetch the picture.
    const [block, ...more] = fresh;
    const isDelta = block !== undefined && more.length === 0 && this.chain.blocks.length > 1;
    return { delta: isDelta ? this.#message(this.points.pointsOf([block]), false) : snapshot, snapshot };
  }

  #message(transactions: PricePoint[], snapshot: boolean): ConfirmedUpdate {
    const blocks = this.chain.blocks;
    const tip = this.chain.tip;
    const estimate = this.#estimate;
    const { price, interval } = estimate ?? { price: null, interval: null };
    return {
      type: "confirmed_update",
      data: {
        price: toCents(price),
        interval: interval == null ? null : { low: toCents(interval.low), high: toCents(interval.high) },
        status: this.#status(),
        engine: this.#options.engine,
        height: tip?.height ?? null,
        block_timestamp: tip?.time ?? null,
        window: {
          first_height: blocks[0]?.height ?? null,
          last_height: tip?.height ?? null,
          hours: this.#options.windowSeconds / 3600,
        },
        blocks: blocks.map(({ height, hash, time }) => ({ height, hash, time })),
        ...(blocks.some(({ hash }) => this.#path.has(hash)) && {
          path: blocks.map(({ hash }) => this.#path.get(hash) ?? null),
        }),
        picture: this.points.picture === null ? null : `api/v1/confirmed/points?tip=${this.points.picture.tip}`,
        transactions: transactions.map(toPoint),
        snapshot,
      },
    };
  }

  #status(): EstimateStatus {
    if (this.#estimate === null) return "warming_up";
    return confirmedStatus(this.#estimate.status, this.chain.tip?.time ?? null, this.#options.now());
  }

  #recordPrice(): void {
    const tip = this.chain.tip;
    const estimate = this.#estimate;
    if (tip === null || tip.height === null || estimate === null || !this.chain.isWhole) return;
    const { hash, height, time } = tip;
    this.#options.onPrice?.({ kind: "block", height, hash, time, engine: this.#options.engine, ...recorded(estimate) });
  }
}
