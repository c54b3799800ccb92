import type { ConnectionOptions, NatsConnection } from "@nats-io/transport-node";
import type { Logger } from "pino";
import { RepeatFilter } from "../../logging/repeat-filter.ts";
import type { ReadinessReason } from "../../state/service-state.ts";
import type { NatsPackages } from "./nats-packages.ts";

/** Between two attempts at a first connection, ms. */
const RETRY_MS = 1000;
/** One line at most in this time about a bus that cannot be reached, ms. */
const PROBLEM_PERIOD_MS = 30_000;

export interface BusLinkOptions {
  readonly packages: Pick<NatsPackages, "transport">;
  readonly options: ConnectionOptions;
  readonly log: Logger;
}

/**
 * The connection to the bus, which is made and made anew for ever: a bus that is away stops nobody. The client's own
 * reconnection does most of it; what it gives up (refused credentials, a first attempt) is tried again here.
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

  /** The connection while it stands; null while there is none. */
  get connection(): NatsConnection | null {
    return this.#connected ? this.#connection : null;
  }

  /** Why there is no connection; null while there is one, and before the first attempt has ended. */
  get problem(): string | null {
    return this.#problem;
  }

  /** To be called before {@link start}: told of each new connection; subscriptions live as long as one. */
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
      try {
        const connection = await packages.transport.connect(options);
        this.#connection = connection;
        if (signal.aborted) await connection.close();
        else await this.#follow(connection);
      } catch (error) {
        this.#lost(error instanceof Error ? error.message : String(error));
      }
      this.#connection = null;
      await pause(RETRY_MS, signal);
    }
    log.debug("connection to NATS closed");
  }

  /** Until the client gives the connection up. */
  async #follow(connection: NatsConnection): Promise<void> {
    const { options } = this.#options;
    this.#found(connection);
    for (const listener of this.#listeners) listener(connection);
    const closed = connection.closed();
    for await (const status of connection.status()) {
      if (status.type === "disconnect") {
        this.#lost(`the connection to ${status.server} was lost`);
        // The client has forgotten the servers that were away at its first attempt: a new one knows all of them.
        if (Array.isArray(options.servers) && options.servers.length > 1) void connection.close();
      }
      if (status.type === "reconnect") this.#found(connection);
      else if (status.type === "error") this.#reported(status.error);
    }
    const error = await closed;
    if (!this.#ending.signal.aborted) this.#lost(error instanceof Error ? error.message : "the connection was closed");
  }

  #found(connection: NatsConnection): void {
    this.#connected = true;
    this.#problem = null;
    // A server that accepts connections and answers nothing is connected to every few seconds.
    const suppressed = this.#problems.admit("found");
    if (suppressed !== null)
      this.#options.log.info({ server: connection.getServer(), also_since_last_line: suppressed }, "connected to NATS");
  }

  /** What it does not permit, it reports at every attempt. */
  #reported(error: Error): void {
    const suppressed = this.#problems.admit("reported");
    if (suppressed !== null)
      this.#options.log.warn({ err: error, also_since_last_line: suppressed }, "the NATS server reports an error");
  }

  #lost(problem: string): void {
    this.#connected = false;
    if (this.#ending.signal.aborted) return;
    this.#problem = problem;
    const suppressed = this.#problems.admit("lost");
    if (suppressed !== null)
      this.#options.log.warn({ problem, also_since_last_line: suppressed }, "no connection to NATS; trying again");
  }
}

/** The reason that `/health/ready` gives without a connection. */
export function disconnectedReason({ problem }: Pick<BusLink, "problem">): ReadinessReason {
  return {
    code: "bus_disconnected",
    message: problem === null ? "not connected to NATS yet" : `no connection to NATS: ${problem}`,
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
