import type { KV } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/transport-node";
import { budgets } from "../../config/budgets.ts";
import { BusError, natsError, serverCode } from "./bus-error.ts";
import type { BusLink } from "./bus-link.ts";
import type { BusKey } from "./bus-names.ts";
import type { NatsPackages } from "./nats-packages.ts";

/** How long an answer of the server may take, ms. */
const ANSWER_TIMEOUT_MS = 1000;
/** The server's code where there is no such bucket. */
const STREAM_NOT_FOUND = 10_059;

/** A value as it stands in the bucket. */
export interface BusEntry {
  /** Null: the key was deleted. Its next write still has to name the revision. */
  readonly value: Uint8Array | null;
  /** Rises with every write of the bucket; given by the server. */
  readonly revision: number;
}

/** The bus' key-value bucket: who writes says which revision it replaces, so that nobody overwrites what it has not seen. */
export interface BusBucket {
  /** @returns null where there never was one, or no bucket. @throws {Error} when the server does not answer. */
  read(key: BusKey): Promise<BusEntry | null>;
  /**
   * @param replaces the revision that the key has now; 0: it never had one.
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
      return await this.#using("read", async (kv) => {
        const entry = await kv.get(key);
        if (entry === null) return null;
        return { value: entry.operation === "PUT" ? entry.value : null, revision: entry.revision };
      });
    } catch (error) {
      if (error instanceof BusError && serverCode(error.cause) === STREAM_NOT_FOUND) return null;
      throw error;
    }
  }

  write(key: BusKey, value: Uint8Array, replaces: number): Promise<number> {
    return this.#using("write", async (kv, connection) => {
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

  async #using<T>(action: "read" | "write", act: (kv: KV, connection: NatsConnection) => Promise<T>): Promise<T> {
    const { connection } = this.#options.link;
    if (connection === null) throw new BusError("disconnected", "there is no connection to NATS");
    if (this.#opened?.connection !== connection) this.#opened = { connection, kv: this.#open(connection) };
    const opened = this.#opened;
    try {
      return await act(await opened.kv, connection);
    } catch (error) {
      const known = natsError(error, action);
      if (known.code !== "revision_conflict" && known.code !== "too_large" && this.#opened === opened)
        this.#opened = null;
      throw known;
    }
  }

  #open(connection: NatsConnection): Promise<KV> {
    const { packages, name, replicas } = this.#options;
    const manager = new packages.kv.Kvm(packages.jetstream.jetstream(connection, { timeout: ANSWER_TIMEOUT_MS }));
    if (replicas === null) return manager.open(name);
    const description = "What a UTXOracle Live analyzer publishes for its edges";
    return manager.create(name, { history: 1, replicas, maxValueSize: budgets.natsState.bytes, description });
  }
}
