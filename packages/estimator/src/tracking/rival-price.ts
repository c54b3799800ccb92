import { COARSE_CELLS, coarseCell, coarseLogPrice, type PriceBlock } from "./price-block.ts";
import { ALIAS_FACTORS } from "./round-amount-census.ts";
import { TRACKING } from "./tracking-model.ts";

const { aliasReach } = TRACKING.rival;
const ALIAS_REACH = Math.round(aliasReach / TRACKING.coarse.step);

/** Log-likelihoods (nats) that the newest full blocks give. */
export interface Rivalry {
  /** To the price, or one near it. */
  atPrice: number;
  /** To the best price that is neither near it nor an alias of it: what another crowd of payments points at. */
  atRival: number;
  /** ln of that price. */
  logRival: number;
}

/** Whether the newest full slices support two prices at once: a jump, or forged payments. */
export class RivalPrice {
  readonly #recentBlocks: number;
  readonly #reach: number;
  readonly #sum = new Float64Array(COARSE_CELLS);
  readonly #left = new Float64Array(COARSE_CELLS);
  /** The sum is that of the blocks from here to before `#end`. */
  #from = Number.NaN;
  #end = Number.NaN;

  /**
   * @param blocks how many blocks count
   * @param reach prices nearer to the price are the price itself, natural log
   */
  constructor({ blocks, reach }: { readonly blocks: number; readonly reach: number }) {
    this.#recentBlocks = blocks;
    this.#reach = Math.round(reach / TRACKING.coarse.step);
  }

  /** A block has changed. */
  forget(block: number): void {
    if (block >= this.#from && block < this.#end) this.#end = Number.NaN;
  }

  rivalry(blocks: ReadonlyMap<number, PriceBlock>, firstBlock: number, lastBlock: number, logPrice: number): Rivalry {
    const from = Math.max(firstBlock, lastBlock - this.#recentBlocks);
    if (from !== this.#from || lastBlock !== this.#end) this.#add(blocks, from, lastBlock);
    this.#left.set(this.#sum);
    const atPrice = this.#takeHighest(logPrice, this.#reach);
    for (const factor of ALIAS_FACTORS) this.#takeHighest(logPrice + Math.log(factor), ALIAS_REACH);
    let rival = 0;
    for (let cell = 1; cell < COARSE_CELLS; cell++) if (this.#left[cell]! > this.#left[rival]!) rival = cell;
    return { atPrice, atRival: Math.max(0, this.#left[rival]!), logRival: coarseLogPrice(rival) };
  }

  #add(blocks: ReadonlyMap<number, PriceBlock>, from: number, end: number): void {
    this.#from = from;
    this.#end = end;
    this.#sum.fill(0);
    for (let block = from; block < end; block++) {
      const evidence = blocks.get(block);
      if (evidence === undefined) continue;
      evidence.logLikelihood(this.#left);
      for (let cell = 0; cell < COARSE_CELLS; cell++) this.#sum[cell]! += this.#left[cell]!;
    }
  }

  /** The highest value around a price; the values there are set to 0. */
  #takeHighest(logPrice: number, cells: number): number {
    const centre = coarseCell(logPrice);
    let highest = 0;
    for (let cell = Math.max(0, centre - cells); cell <= Math.min(COARSE_CELLS - 1, centre + cells); cell++) {
      if (this.#left[cell]! > highest) highest = this.#left[cell]!;
      this.#left[cell] = 0;
    }
    return highest;
  }
}
