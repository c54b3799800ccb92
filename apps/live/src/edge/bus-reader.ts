import {
  type BusConfirmedState,
  BusConfirmedStateSchema,
  type BusHistoryState,
  BusHistoryStateSchema,
  type BusLease,
  type BusLiveState,
  BusLiveStateSchema,
  type BusOrigin,
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
  return { origin, update: checkUpdate(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(data))) };
}

/** Reads what stands in the bucket. Each throws when the server does not answer, or the value is not as the contract says. */
export class BusReader {
  readonly #bucket: Pick<BusBucket, "read">;

  constructor(bucket: Pick<BusBucket, "read">) {
    this.#bucket = bucket;
  }

  lease(): Promise<BusLease | null> {
    return this.#read("lease", async ({ value }) => checkBusLease(JSON.parse(new TextDecoder().decode(value))));
  }

  live(): Promise<BusLiveState | null> {
    return this.#read("live", async ({ value }) => checkLiveState(await unpackJson(value)));
  }

  confirmed(): Promise<BusConfirmedState | null> {
    return this.#read("confirmed", async ({ value }) => checkConfirmedState(await unpackJson(value)));
  }

  history(): Promise<BusHistoryState | null> {
    return this.#read("history", async ({ value }) => checkHistoryState(await unpackJson(value)));
  }

  async #read<T>(key: BusKey, decode: (entry: BusEntry) => Promise<T>): Promise<T | null> {
    const entry = await this.#bucket.read(key);
    return entry === null ? null : await decode(entry);
  }
}
