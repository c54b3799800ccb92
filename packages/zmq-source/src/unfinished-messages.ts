/** A connection as seen by {@link UnfinishedMessages}. */
export interface WatchedConnection {
  /** Complete messages received, valid or not. */
  readonly received: number;
  /** Closes the connection, which frees the parts of an incomplete message. */
  drop(): void;
}

interface Baseline {
  readonly received: number;
  readonly bytes: number;
}

/**
 * Detects connections that send an endless message. ZeroMQ limits the size of message parts but not
 * their number, and buffers them until the last one. Such a connection delivers nothing while the
 * native memory of the process grows.
 */
export class UnfinishedMessages<Connection extends WatchedConnection> {
  readonly #maxBytes: number;
  readonly #baselines = new WeakMap<Connection, Baseline>();

  /** @param maxBytes growth without a message after which a connection is dropped */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Drops connections that delivered nothing while the process grew. Must be called several times a
   * second.
   *
   * @param bytes current native memory of the process
   * @returns the dropped connections
   */
  check(bytes: number, connections: Iterable<Connection>): Connection[] {
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

/**
 * Memory of the process except the JavaScript heap and its buffers, bytes; null while the process
 * has no file descriptor left to read it with.
 */
export function nativeBytes(): number | null {
  try {
    const { rss, heapTotal, external } = process.memoryUsage();
    return rss - heapTotal - external;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EMFILE" || code === "ENFILE") return null;
    throw error;
  }
}
