import {
  type BusClock,
  type BusConfirmedState,
  BusConfirmedStateSchema,
  type BusHistoryState,
  BusHistoryStateSchema,
  type BusLease,
  type BusLiveState,
  BusLiveStateSchema,
  type BusOrigin,
  ContractError,
  checkBusClock,
  checkBusLease,
  checkBusOrigin,
  type MempoolUpdate,
  MempoolUpdateSchema,
} from "@utxoracle/models";
import { budgets } from "../../config/budgets.ts";
import { parseBoundedJson } from "../bus/bounded-json.ts";
import type { BusBucket } from "../bus/bus-bucket.ts";
import { BusError } from "../bus/bus-error.ts";
import { type BusKey, originHeaders } from "../bus/bus-names.ts";
import { unpackJson } from "../bus/packed-json.ts";
import { compiledCheck } from "./compiled-check.ts";

const checkUpdate = compiledCheck("MempoolUpdate", MempoolUpdateSchema);
const checkLiveState = compiledCheck("BusLiveState", BusLiveStateSchema);
const checkConfirmedState = compiledCheck("BusConfirmedState", BusConfirmedStateSchema);
const checkHistoryState = compiledCheck("BusHistoryState", BusHistoryStateSchema);

/** What a message of the subject must have. */
export interface RawDelta {
  readonly data: Uint8Array;
  readonly header: (name: string) => string | undefined;
}

/** Who says to have published a message. @throws {ContractError} */
export function originOf({ header }: RawDelta): BusOrigin {
  return checkBusOrigin({ analyzer: header(originHeaders.analyzer), term: Number(header(originHeaders.term)) });
}

/** @throws {ContractError | BusError} when it is no delta. */
export function readDelta(data: Uint8Array): MempoolUpdate {
  return checkUpdate(parseBoundedJson(data));
}

/** The lease with its revision in the bucket. */
export interface ReadLease {
  readonly lease: BusLease;
  readonly revision: number;
}

/** Asks the run of an analyzer what time its steady clock shows. @throws {Error} when it does not answer soon. */
export type AskClock = (epoch: string) => Promise<Uint8Array>;

/**
 * Reads what stands in the bucket; null where a key never was written, or was deleted. What is not as its contract says is a
 * {@link BusError} `invalid_value`.
 */
export class BusReader {
  readonly #bucket: Pick<BusBucket, "read">;
  readonly #askClock: AskClock;

  constructor(bucket: Pick<BusBucket, "read">, askClock: AskClock) {
    this.#bucket = bucket;
    this.#askClock = askClock;
  }

  async clock(epoch: string): Promise<BusClock> {
    const answer = await this.#askClock(epoch);
    const { bytes } = budgets.natsClock;
    if (answer.byteLength > bytes)
      throw new BusError("invalid_value", `the answer to the clock's question has ${answer.byteLength} bytes`);
    return checked(() => checkBusClock(parseBoundedJson(answer)));
  }

  async lease(): Promise<ReadLease | null> {
    const entry = await this.#bucket.read("lease");
    const value = entry?.value ?? null;
    if (entry === null || value === null) return null;
    return { lease: checked(() => checkBusLease(parseBoundedJson(value))), revision: entry.revision };
  }

  live(): Promise<BusLiveState | null> {
    return this.#state("live", checkLiveState);
  }

  confirmed(): Promise<BusConfirmedState | null> {
    return this.#state("confirmed", checkConfirmedState);
  }

  history(): Promise<BusHistoryState | null> {
    return this.#state("history", (value) => checkColumns(checkHistoryState(value)));
  }

  async #state<T>(key: BusKey, check: (value: unknown) => T): Promise<T | null> {
    const value = (await this.#bucket.read(key))?.value ?? null;
    if (value === null) return null;
    const unpacked = await unpackJson(value);
    return checked(() => check(unpacked));
  }
}

/** A deviation from a contract, as an error of the bus. */
function checked<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof ContractError) throw new BusError("invalid_value", error.message, { cause: error });
    throw error;
  }
}

/** What the contract's schema cannot say of the history: two columns of one length, the times ascending. */
function checkColumns(state: BusHistoryState): BusHistoryState {
  const { timestamps, prices } = state;
  if (timestamps.length !== prices.length)
    throw new BusError("invalid_value", `BusHistoryState: ${timestamps.length} timestamps for ${prices.length} prices`);
  const descent = timestamps.findIndex((time, index) => index > 0 && time < (timestamps[index - 1] as number));
  if (descent !== -1)
    throw new BusError("invalid_value", `BusHistoryState: field "timestamps.${descent}" is before the one before it`);
  return state;
}
