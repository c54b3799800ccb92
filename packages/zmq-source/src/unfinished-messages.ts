/** A connection as far as its memory matters. */
export interface WatchedConnection {
  /** Messages that arrived in full, valid or not. */
  readonly received: number;
  /** Drops what has arrived of an unfinished message, with the connection. */
  drop(): void;
}

interface Baseline {
  readonly received: number;
  readonly bytes: number;
}

/**
 * Finds connections over which a message comes that has no end. ZeroMQ bounds each part of a message but not their number,
 * and holds them all until the last one is there. So nothing arrives from such a connection while the process grows by memory
 * that is not JavaScript's.
 */
export class UnfinishedMessages<Connection extends WatchedConnection> {
  readonly #maxBytes: number;
  readonly #baselines = new WeakMap<Connection, Baseline>();

  /** @param maxBytes growth without a message after which a connection is dropped */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Drops the connections that nothing came from while the process grew. To be called several times a second.
   * @param bytes memory of the process outside of JavaScript now
   * @returns those that were dropped
   */
  look(bytes: number, connections: Iterable<Connection>): Connection[] {
    const dropped: Connection[] = [];
    for (const connection of connections) {
      const { received } = connection;
      const before = this.#baselines.get(connection);
      const isNew = before === undefined || before.received !== received || bytes < before.bytes;
      if (!isNew && bytes - before.bytes <= this.#maxBytes) continue;
      this.#baselines.set(connection, { received, bytes });
      if (isNew) continue;
      connection.drop();
      dropped.push(connection);
    }
    return dropped;
  }
}

/** Memory of this process that is neither JavaScript's heap nor held by its buffers, bytes. */
export function nativeBytes(): number {
  const { rss, heapTotal, external } = process.memoryUsage();
  return rss - heapTotal - external;
}
