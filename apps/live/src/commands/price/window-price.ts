import { type BlockPlace, type BlockSource, BlockSourceError, readBlocks } from "@utxoracle/block-source";
import type { Engine, PriceEstimate } from "@utxoracle/models";
import { batchPayouts, TxParseError } from "@utxoracle/tx-parser";
import type { BlockPayment } from "../../confirmed/block-payments.ts";
import { ChainWindow } from "../../confirmed/chain-window.ts";
import { engineOf, estimateConfirmed } from "../../confirmed/estimate-confirmed.ts";
import { publishable } from "../../state/chain-status.ts";
import { type PriceWindow, placesOf } from "./window-places.ts";

/** Attempts if a reorganization happens while blocks are read. */
const MAX_ATTEMPTS = 3;

/** The price of a window of blocks and the data behind it. Can be sent between threads. */
export interface WindowPrice {
  readonly window: PriceWindow;
  readonly chain: string;
  readonly engine: Engine;
  readonly estimate: PriceEstimate;
  readonly first: BlockPlace;
  readonly last: BlockPlace;
  readonly blocks: number;
  readonly transactions: number;
  /** Transactions that pass the payment filter. */
  readonly payments: number;
  /** Outputs of these payments within the amount range. */
  readonly amounts: number;
}

export interface WindowPriceOptions {
  /** Null: chosen by the length of the window. */
  readonly engine: Engine | null;
  /** Unix seconds. */
  readonly now: number;
  readonly signal?: AbortSignal;
  /** Computes the estimate. Default: in this thread. */
  readonly estimate?: (
    engine: Engine,
    amountsBtc: Float64Array,
    batches: readonly Float64Array[],
  ) => PriceEstimate | Promise<PriceEstimate>;
  readonly onProgress?: (doneBlocks: number, allBlocks: number) => void;
  /** Receives all payments. Without it they are not kept. */
  readonly onPayments?: (payments: readonly BlockPayment[]) => void;
}

/**
 * Finds and reads the blocks of a window, filters their payments with all six rules, and estimates
 * the price.
 * @throws {BlockSourceError} if blocks are missing or cannot be read.
 */
export async function priceOfWindow(
  source: BlockSource,
  window: PriceWindow,
  options: WindowPriceOptions,
): Promise<WindowPrice> {
  for (let attempt = 1; ; attempt++)
    try {
      return await priceOnce(source, window, options);
    } catch (error) {
      if (!(error instanceof BlockSourceError) || error.code !== "chain_changed" || attempt === MAX_ATTEMPTS)
        throw error;
    }
}

async function priceOnce(source: BlockSource, window: PriceWindow, options: WindowPriceOptions): Promise<WindowPrice> {
  const tip = await source.tip();
  const places = await placesOf(source, tip, window, options.now);
  const [first] = places;
  const last = places.at(-1);
  if (first === undefined || last === undefined) throw new Error("a window has at least one block");
  const chain = new ChainWindow({
    seconds: Number.POSITIVE_INFINITY,
    keeps: options.onPayments === undefined ? "amounts" : "transactions",
  });
  const engine = options.engine ?? engineOf(window.kind === "day" ? "day" : window);
  const batches: Float64Array[] = [];
  options.onProgress?.(0, places.length);
  for await (const { place, rawBytes } of readBlocks(source, places, options.signal)) {
    connect(chain, place, rawBytes);
    if (engine === "posterior") batches.push(...batchPayouts(rawBytes));
    options.onProgress?.(chain.blocks.length, places.length);
  }
  options.onPayments?.([...chain.payments()]);
  const amountsBtc = chain.amountsBtc();
  const amounts = amountsBtc.length;
  const estimate = options.estimate ?? ((by, values, paidOut) => estimateConfirmed(by)(values, paidOut));
  return {
    window,
    chain: tip.chain,
    engine,
    estimate: publishable(await estimate(engine, amountsBtc, batches), tip.chain === "main"),
    first,
    last,
    blocks: places.length,
    transactions: chain.blocks.reduce((sum, { payments }) => sum + payments.transactionCount, 0),
    payments: chain.paymentCount,
    amounts,
  };
}

function connect(chain: ChainWindow, { hash, height }: BlockPlace, rawBytes: Uint8Array): void {
  try {
    const connected = chain.connect(rawBytes, height);
    if (connected?.block.hash === hash) return;
    throw new BlockSourceError("bad_block", `block ${height}: the node returned a different block`);
  } catch (cause) {
    if (!(cause instanceof TxParseError)) throw cause;
    throw new BlockSourceError("bad_block", `block ${height}, ${hash}, cannot be read: ${cause.message}`, { cause });
  }
}
