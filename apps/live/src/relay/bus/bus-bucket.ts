import type { KV } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/transport-node";
import { budgets } from "../../config/budgets.ts";
import { BusError, natsError, serverCode } from "./bus-error.ts";
import type { BusLink } from "./bus-link.ts";
import type { BusKey } from "./bus-names.ts";
import type { NatsPackages } from "./nats-packages.ts";

const RESPONSE_TIMEOUT_MS = 1000;
/** JetStream error code for a bucket that does not exist. */
const STREAM_NOT_FOUND = 10_059;

/** A value in the bucket. */
export interface BusEntry {
  /** Null: the key was deleted. The next write must name the revision nevertheless. */
  readonly value: Uint8Array | null;
  /** Assigned by the server; increases with every write to the bucket. */
  readonly revision: number;
}

/**
 * Key-value bucket. A write names the revision that it replaces, so that it never overwrites an
 * unseen value.
 */
export interface BusBucket {
  /**
   * @returns null if the key was never written, or without a bucket.
   * @throws {Error} if the server does not respond.
   */
  read(key: BusKey): Promise<BusEntry | null>;
  /**
   * @param replaces current revision of the key; 0: never written.
   * @returns the new revision.
   * @throws {BusError} `revision_conflict` if the key has another revision, `too_large`,
   * `disconnected`.
   */
  write(key: BusKey, value: Uint8Array, replaces: number): Promise<number>;
}

export interface NatsBucketOptions {
  readonly packages: Pick<NatsPackages, "jetstream" | "kv">;
  readonly link: BusLink;
  readonly name: string;
  /** Number of replicas of a new bucket; null: do not create the bucket. */
  readonly replicas: number | null;
}

/**
 * The bucket on the NATS servers. Opened at the first use, and again after a failure: it may have
 * been deleted.
 */
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
      // 1024 bytes for the headers of the write.
      if (value.byteLength > most - 1024)
        throw new BusError(
          "too_large",
          `${key}: ${value.byteLength} bytes exceed max_payload of the NATS server (${most})`,
        );
      return await kv.put(key, value, { previousSeq: replaces, timeout: RESPONSE_TIMEOUT_MS });
    });
  }

  async #using<T>(action: "read" | "write", act: (kv: KV, connection: NatsConnection) => Promise<T>): Promise<T> {
    const { connection } = this.#options.link;
    if (connection === null) throw new BusError("disconnected", "not connected to NATS");
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
    const manager = new packages.kv.Kvm(packages.jetstream.jetstream(connection, { timeout: RESPONSE_TIMEOUT_MS }));
    if (replicas === null) return manager.open(name);
    const description = "Published by a UTXOracle Live analyzer for its edges";
    return manager.create(name, { history: 1, replicas, maxValueSize: budgets.natsState.bytes, description });
  }
}
