/** A connection as seen by {@link UnfinishedMessages}. */
export interface WatchedConnection {
  /** Complete messages received, valid or not. */
  readonly received: number;
  /** Closes the connection, which frees the parts of an incomplete message. */
  drop(): void;
}

/** Memory of the process, bytes. */
export interface MemoryUse {
  readonly total: number;
  /** The JavaScript heap and its buffers. */
  readonly ofJavaScript: number;
}

interface Baseline extends MemoryUse {
  readonly received: number;
  /** The most that JavaScript has taken since: what it gives back stays with the process. */
  mostOfJavaScript: number;
}

/**
 * Detects connections that send an endless message. ZeroMQ limits the size of message parts but not
 * their number, and buffers them until the last one. Such a connection delivers nothing while the
 * process grows by more than JavaScript does.
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
   * @returns the dropped connections
   */
  check(memory: MemoryUse, connections: Iterable<Connection>): Connection[] {
    const dropped: Connection[] = [];
    const { total, ofJavaScript } = memory;
    for (const connection of connections) {
      const { received } = connection;
      const before = this.#baselines.get(connection);
      const isNew = before === undefined || before.received !== received || total < before.total;
      if (!isNew) {
        before.mostOfJavaScript = Math.max(before.mostOfJavaScript, ofJavaScript);
        const grown = total - before.total - (before.mostOfJavaScript - before.ofJavaScript);
        if (grown <= this.#maxBytes) continue;
      }
      this.#baselines.set(connection, { ...memory, received, mostOfJavaScript: ofJavaScript });
      if (isNew) continue;
      connection.drop();
      dropped.push(connection);
    }
    return dropped;
  }
}

/** Null while the process has no file descriptor left to read its memory with. */
export function memoryUse(): MemoryUse | null {
  try {
    const { rss, heapTotal, external } = process.memoryUsage();
    return { total: rss, ofJavaScript: heapTotal + external };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EMFILE" || code === "ENFILE") return null;
    throw error;
  }
}
