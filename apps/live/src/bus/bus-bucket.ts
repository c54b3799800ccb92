import type { KV } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/transport-node";
import type { BusLink } from "./bus-link.ts";
import type { BusKey } from "./bus-names.ts";
import type { NatsPackages } from "./nats-packages.ts";

/** How long an answer of the server may take, ms. */
const ANSWER_TIMEOUT_MS = 1000;
/** The server's codes: there is no such bucket; the revision is another one (of a subject, of an unknown one). */
const STREAM_NOT_FOUND = 10_059;
const WRONG_REVISION_CODES: ReadonlySet<number> = new Set([10_071, 10_164]);

/** Codes of {@link BusError}. */
export type BusErrorCode = "disconnected" | "revision_conflict" | "too_large";

/** Something that the bus did not do. */
export class BusError extends Error {
  override readonly name = "BusError";
  readonly code: BusErrorCode;

  constructor(code: BusErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A value as it stands in the bucket. */
export interface BusEntry {
  readonly value: Uint8Array;
  /** Rises with every write of the bucket. */
  readonly revision: number;
}

/** The bus' key-value bucket: who writes says which revision it replaces, so that nobody overwrites what it has not seen. */
export interface BusBucket {
  /** @returns null where there is none, or no bucket. @throws {Error} when the server does not answer. */
  read(key: BusKey): Promise<BusEntry | null>;
  /**
   * @param replaces the revision that the key has now; 0: it has none.
   * @returns the new revision.
   * @throws {BusError} `revision_conflict` when the key has another one, `too_large`, `disconnected`
   */
  write(key: BusKey, value: Uint8Array, replaces: number): Promise<number>;
}

export interface NatsBucketOptions {
  readonly packages: Pick<NatsPackages, "jetstream" | "kv">;
  readonly link: BusLink;
  readonly name: string;
  /** Whether to make the bucket where it is missing, and on how many servers; null: only use it. */
  readonly replicas: number | null;
}

/** The bucket on the NATS servers. It is opened at the first use and anew after every failure: it may have gone. */
export class NatsBucket implements BusBucket {
  readonly #options: NatsBucketOptions;
  #opened: { readonly connection: NatsConnection; readonly kv: Promise<KV> } | null = null;

  constructor(options: NatsBucketOptions) {
    this.#options = options;
  }

  async read(key: BusKey): Promise<BusEntry | null> {
    try {
      const entry = await this.#using((kv) => kv.get(key));
      return entry === null || entry.operation !== "PUT" ? null : { value: entry.value, revision: entry.revision };
    } catch (error) {
      if (codeOf(error) === STREAM_NOT_FOUND) return null;
      throw error;
    }
  }

  write(key: BusKey, value: Uint8Array, replaces: number): Promise<number> {
    return this.#using(async (kv, connection) => {
      const most = connection.info?.max_payload ?? Number.POSITIVE_INFINITY;
      // Some room for the headers of the write.
      if (value.byteLength > most - 1024)
        throw new BusError(
          "too_large",
          `${key}: ${value.byteLength} bytes are more than the NATS server takes at once (max_payload: ${most})`,
        );
      return await kv.put(key, value, { previousSeq: replaces, timeout: ANSWER_TIMEOUT_MS });
    });
  }

  async #using<T>(act: (kv: KV, connection: NatsConnection) => Promise<T>): Promise<T> {
    const { connection } = this.#options.link;
    if (connection === null) throw new BusError("disconnected", "there is no connection to the bus");
    if (this.#opened?.connection !== connection) this.#opened = { connection, kv: this.#open(connection) };
    const opened = this.#opened;
    try {
      return await act(await opened.kv, connection);
    } catch (error) {
      if (error instanceof BusError) throw error;
      if (WRONG_REVISION_CODES.has(codeOf(error)))
        throw new BusError("revision_conflict", "the key was written by another one", { cause: error });
      if (this.#opened === opened) this.#opened = null;
      throw error;
    }
  }

  #open(connection: NatsConnection): Promise<KV> {
    const { packages, name, replicas } = this.#options;
    const manager = new packages.kv.Kvm(packages.jetstream.jetstream(connection, { timeout: ANSWER_TIMEOUT_MS }));
    const description = "What a UTXOracle Live analyser tells its edges";
    return replicas === null ? manager.open(name) : manager.create(name, { history: 1, replicas, description });
  }
}

/** The server's code for what it refused; 0 for an error of another kind. */
function codeOf(error: unknown): number {
  const code = error instanceof Error && "code" in error ? error.code : 0;
  return typeof code === "number" ? code : 0;
}
