import type { PricePoint } from "@utxoracle/estimator";
import { type BlockPointsResponse, CONFIRMED_POINTS_MAX, type ConfirmedPicture } from "@utxoracle/models";
import type { ChainWindow, HeldBlock } from "./chain-window.ts";
import { shownPoints, thinnedOut } from "./shown-points.ts";

/**
 * Number of tips whose points can still be requested: clients with an older picture ask for its
 * details.
 */
const TIPS_MAX = 32;
/**
 * Number of pictures kept: clients that learned of a tip just before the next block still get it.
 */
const PICTURES_MAX = 4;

/** What determines the points of a block: the price of the window, and where the window starts. */
interface Basis {
  readonly price: number;
  readonly start: number;
}

/** The points of the confirmed window at its last tips. */
export class WindowPoints {
  readonly #chain: ChainWindow;
  readonly #bases = new Map<string, Basis>();
  readonly #pictures = new Map<string, ConfirmedPicture>();
  #picture: ConfirmedPicture | null = null;

  constructor(chain: ChainWindow) {
    this.#chain = chain;
  }

  /**
   * The picture of the last {@link update}; null without a price. The same object until it changes.
   */
  get picture(): ConfirmedPicture | null {
    return this.#picture;
  }

  /** The picture of one of the last tips; null for others. */
  pictureAt(tip: string): ConfirmedPicture | null {
    return this.#pictures.get(tip) ?? null;
  }

  /** Makes the picture of the current blocks. */
  update(price: number | null): void {
    const { tip, blocks, start } = this.#chain;
    if (tip === null || price === null) {
      this.#picture = null;
      return;
    }
    const basis = { price, start };
    this.#bases.delete(tip.hash);
    this.#bases.set(tip.hash, basis);
    dropOldest(this.#bases, TIPS_MAX);
    const all = blocks.map((block) => ({ block, points: byPrice(this.#pointsOf(block, basis)) }));
    const total = all.reduce((sum, { points }) => sum + points.length, 0);
    const share = Math.min(1, CONFIRMED_POINTS_MAX / Math.max(1, total));
    const thinned = all.map(({ block, points }) => ({
      block,
      of: points.length,
      shown: thinnedOut(points, Math.floor(share * points.length)),
    }));
    this.#picture = {
      tip: tip.hash,
      blocks: thinned.map(({ block: { height, hash, time }, of, shown }) => ({
        ...{ height, hash, time, of },
        points: shown.length,
      })),
      price_steps: thinned.flatMap(({ shown }) => stepsOf(shown.map((point) => Math.round(point.price)))),
    };
    this.#pictures.delete(tip.hash);
    this.#pictures.set(tip.hash, this.#picture);
    dropOldest(this.#pictures, PICTURES_MAX);
  }

  /** The points that these blocks add to the window, at most as many as a message may have. */
  pointsOf(blocks: readonly HeldBlock[]): PricePoint[] {
    const { tip } = this.#chain;
    const basis = tip === null ? undefined : this.#bases.get(tip.hash);
    if (basis === undefined) return [];
    return thinnedOut(
      blocks.flatMap((block) => this.#pointsOf(block, basis)),
      CONFIRMED_POINTS_MAX,
    );
  }

  /** The points of a block as of a tip; null if either is not known any more. */
  blockPoints(hash: string, tip: string): BlockPointsResponse | null {
    const basis = this.#bases.get(tip);
    const block = this.#chain.blocks.find((held) => held.hash === hash);
    if (basis === undefined || block === undefined) return null;
    const points = byPrice(this.#pointsOf(block, basis)).slice(0, CONFIRMED_POINTS_MAX);
    return {
      tip,
      hash,
      txid: points.map(({ txid }) => txid),
      vout: points.map(({ vout }) => vout),
      amount: points.map(({ amount }) => amount),
      price: points.map(({ price }) => Math.round(price * 100) / 100),
    };
  }

  #pointsOf(block: HeldBlock, { price, start }: Basis): PricePoint[] {
    return shownPoints(this.#chain.payments([block], start), price);
  }
}

function dropOldest(map: Map<string, unknown>, most: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= most) break;
    map.delete(oldest);
  }
}

/** Ascending: the differences are small numbers, which compress to less than half. */
const byPrice = (points: PricePoint[]): PricePoint[] => points.sort((a, b) => a.price - b.price);

/** The first value, then the difference of each to the one before. */
const stepsOf = (ascending: readonly number[]): number[] =>
  ascending.map((value, index) => value - (ascending[index - 1] ?? 0));
