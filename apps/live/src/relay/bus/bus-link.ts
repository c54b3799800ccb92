import type { ConnectionOptions, NatsConnection } from "@nats-io/transport-node";
import type { Logger } from "pino";
import { logLine, suppressedField } from "../../logging/log-line.ts";
import { RepeatFilter } from "../../logging/repeat-filter.ts";
import type { ReadinessReason } from "../../state/service-state.ts";
import type { NatsPackages } from "./nats-packages.ts";

/** Pause before a new connection, ms. */
const RETRY_MS = 1000;
/** Minimum time between two log lines of one kind, ms. */
const PROBLEM_PERIOD_MS = 30_000;

export interface BusLinkOptions {
  readonly packages: Pick<NatsPackages, "transport">;
  readonly options: ConnectionOptions;
  readonly log: Logger;
}

/**
 * Connection to NATS that reconnects without limit. The NATS client reconnects by itself; this
 * class retries where the client gives up: at the first attempt, and after rejected credentials.
 */
export class BusLink {
  readonly #options: BusLinkOptions;
  readonly #ending = new AbortController();
  readonly #problems = new RepeatFilter(PROBLEM_PERIOD_MS, () => performance.now());
  readonly #listeners: ((connection: NatsConnection) => void)[] = [];
  #connection: NatsConnection | null = null;
  #connected = false;
  #problem: string | null = null;
  #running: Promise<void> | null = null;

  constructor(options: BusLinkOptions) {
    this.#options = options;
  }

  /** Null while not connected. */
  get connection(): NatsConnection | null {
    return this.#connected ? this.#connection : null;
  }

  /** Why there is no connection; null while connected, and before the first attempt ends. */
  get problem(): string | null {
    return this.#problem;
  }

  /**
   * Adds a listener for new connections, which must subscribe again. Call it before {@link start}.
   */
  onConnection(listener: (connection: NatsConnection) => void): void {
    this.#listeners.push(listener);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await this.#connection?.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { packages, options, log } = this.#options;
    const { signal } = this.#ending;
    while (!signal.aborted) {
      let connection: NatsConnection | null = null;
      try {
        connection = await packages.transport.connect(options);
        this.#connection = connection;
        if (signal.aborted) await connection.close();
      } catch (error) {
        this.#onDisconnected(problemOf(error));
      }
      if (connection !== null && !signal.aborted && this.#subscribe(connection)) await this.#follow(connection);
      this.#connection = null;
      await pause(RETRY_MS, signal);
    }
    logLine(log, "connection to NATS closed");
  }

  /**
   * @returns false if the connection closed meanwhile.
   * @throws what a listener throws: a defect, which ends the program.
   */
  #subscribe(connection: NatsConnection): boolean {
    this.#onConnected(connection);
    try {
      for (const listener of this.#listeners) listener(connection);
      return true;
    } catch (error) {
      if (!connection.isClosed()) throw error;
      this.#onDisconnected(problemOf(error));
      return false;
    }
  }

  /**
   * Resolves when the client gives up the connection.
   *
   * @throws any error while the connection is open: a defect, which ends the program.
   */
  async #follow(connection: NatsConnection): Promise<void> {
    try {
      await this.#watch(connection);
    } catch (error) {
      if (!connection.isClosed()) throw error;
      this.#onDisconnected(problemOf(error));
    }
  }

  async #watch(connection: NatsConnection): Promise<void> {
    const { options } = this.#options;
    const closed = connection.closed();
    for await (const status of connection.status()) {
      if (status.type === "disconnect") {
        this.#onDisconnected(`connection to ${status.server} lost`);
        // The client drops servers that were unavailable at its first attempt; a new client tries
        // all.
        if (Array.isArray(options.servers) && options.servers.length > 1) void connection.close();
      }
      if (status.type === "reconnect") this.#onConnected(connection);
      else if (status.type === "error") this.#onServerError(status.error);
    }
    const error = await closed;
    if (!this.#ending.signal.aborted)
      this.#onDisconnected(error instanceof Error ? error.message : "connection closed");
  }

  #onConnected(connection: NatsConnection): void {
    this.#connected = true;
    this.#problem = null;
    // A server that accepts connections but does not respond causes a new connection every few
    // seconds.
    const suppressed = this.#problems.admit("connected");
    if (suppressed !== null)
      logLine(this.#options.log, "connected to NATS", {
        server: connection.getServer(),
        ...suppressedField(suppressed),
      });
  }

  /** Limited, because the server reports a missing permission at every attempt. */
  #onServerError(error: Error): void {
    const suppressed = this.#problems.admit("error");
    if (suppressed !== null)
      logLine(this.#options.log, "NATS server error", { err: error, ...suppressedField(suppressed) });
  }

  #onDisconnected(problem: string): void {
    this.#connected = false;
    if (this.#ending.signal.aborted) return;
    this.#problem = problem;
    const suppressed = this.#problems.admit("disconnected");
    if (suppressed !== null)
      logLine(this.#options.log, "not connected to NATS; retrying", { problem, ...suppressedField(suppressed) });
  }
}

const problemOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Reason of `/health/ready` without a connection. */
export function disconnectedReason({ problem }: Pick<BusLink, "problem">): ReadinessReason {
  return {
    code: "bus_disconnected",
    message: problem === null ? "not connected to NATS yet" : `not connected to NATS: ${problem}`,
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}
