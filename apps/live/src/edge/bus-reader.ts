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
  checkBusClock,
  checkBusLease,
  checkBusOrigin,
  type MempoolUpdate,
  MempoolUpdateSchema,
} from "@utxoracle/models";
import type { BusBucket, BusEntry } from "../bus/bus-bucket.ts";
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

export interface ReadDelta {
  readonly origin: BusOrigin;
  readonly update: MempoolUpdate;
}

/** @throws {ContractError | SyntaxError} when it is no delta. */
export function readDelta({ data, header }: RawDelta): ReadDelta {
  const origin = checkBusOrigin({
    analyser: header(originHeaders.analyser),
    term: Number(header(originHeaders.term)),
  });
  return { origin, update: checkUpdate(JSON.parse(textOf(data))) };
}

/** Asks the run of an analyser what time its steady clock shows. @throws {Error} when it does not answer soon. */
export type AskClock = (epoch: string) => Promise<Uint8Array>;

/** Reads what stands in the bucket. Each throws when nobody answers, or the answer is not as the contract says. */
export class BusReader {
  readonly #bucket: Pick<BusBucket, "read">;
  readonly #askClock: AskClock;

  constructor(bucket: Pick<BusBucket, "read">, askClock: AskClock) {
    this.#bucket = bucket;
    this.#askClock = askClock;
  }

  async clock(epoch: string): Promise<BusClock> {
    return checkBusClock(JSON.parse(textOf(await this.#askClock(epoch))));
  }

  lease(): Promise<BusLease | null> {
    return this.#read("lease", async ({ value }) => checkBusLease(JSON.parse(textOf(value))));
  }

  live(): Promise<BusLiveState | null> {
    return this.#read("live", async ({ value }) => checkLiveState(await unpackJson(value)));
  }

  confirmed(): Promise<BusConfirmedState | null> {
    return this.#read("confirmed", async ({ value }) => checkConfirmedState(await unpackJson(value)));
  }

  history(): Promise<BusHistoryState | null> {
    return this.#read("history", async ({ value }) => checkColumns(checkHistoryState(await unpackJson(value))));
  }

  async #read<T>(key: BusKey, decode: (entry: BusEntry) => Promise<T>): Promise<T | null> {
    const entry = await this.#bucket.read(key);
    return entry === null ? null : await decode(entry);
  }
}

/** What the contract's schema cannot say of the history: two columns of one length, the times ascending. */
function checkColumns(state: BusHistoryState): BusHistoryState {
  const { timestamps, prices } = state;
  if (timestamps.length !== prices.length)
    throw new RangeError(`BusHistoryState: ${timestamps.length} timestamps for ${prices.length} prices`);
  const descent = timestamps.findIndex((time, index) => index > 0 && time < (timestamps[index - 1] as number));
  if (descent !== -1)
    throw new RangeError(`BusHistoryState: field "timestamps.${descent}" is before the one before it`);
  return state;
}

/** @throws {TypeError} when it is no UTF-8. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}
