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

/** A NATS message of the live subject. */
export interface RawDelta {
  readonly data: Uint8Array;
  readonly header: (name: string) => string | undefined;
}

/** Publisher named in the headers, which are not authenticated. @throws {ContractError} */
export function originOf({ header }: RawDelta): BusOrigin {
  return checkBusOrigin({ analyzer: header(originHeaders.analyzer), term: Number(header(originHeaders.term)) });
}

/** @throws {ContractError | BusError} if the data is not a valid update. */
export function readDelta(data: Uint8Array): MempoolUpdate {
  return checkUpdate(parseBoundedJson(data));
}

/** The lease and its revision in the bucket. */
export interface ReadLease {
  readonly lease: BusLease;
  readonly revision: number;
}

/**
 * Sends a request to the clock service of one run of an analyzer.
 * @throws {Error} without a timely response.
 */
export type RequestClock = (epoch: string) => Promise<Uint8Array>;

/**
 * Reads and validates the values of the bucket. Returns null for a key that was never written, or
 * was deleted. Throws a {@link BusError} `invalid_value` for a value that does not match its
 * contract.
 */
export class BusReader {
  readonly #bucket: Pick<BusBucket, "read">;
  readonly #requestClock: RequestClock;

  constructor(bucket: Pick<BusBucket, "read">, requestClock: RequestClock) {
    this.#bucket = bucket;
    this.#requestClock = requestClock;
  }

  async clock(epoch: string): Promise<BusClock> {
    const response = await this.#requestClock(epoch);
    const { bytes } = budgets.natsClock;
    if (response.byteLength > bytes)
      throw new BusError("invalid_value", `the clock response has ${response.byteLength} bytes`);
    return checked(() => checkBusClock(parseBoundedJson(response)));
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

/** Converts a ContractError to a BusError. */
function checked<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof ContractError) throw new BusError("invalid_value", error.message, { cause: error });
    throw error;
  }
}

/** Checks that the schema cannot express: columns of equal length, ascending times. */
function checkColumns(state: BusHistoryState): BusHistoryState {
  const { timestamps, prices } = state;
  if (timestamps.length !== prices.length)
    throw new BusError("invalid_value", `BusHistoryState: ${timestamps.length} timestamps for ${prices.length} prices`);
  const descent = timestamps.findIndex((time, index) => index > 0 && time < (timestamps[index - 1] as number));
  if (descent !== -1)
    throw new BusError(
      "invalid_value",
      `BusHistoryState: field "timestamps.${descent}" is earlier than the previous one`,
    );
  return state;
}
