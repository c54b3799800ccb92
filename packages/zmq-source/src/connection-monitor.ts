import type { ConnectProblem } from "./event.ts";

/** A monitor event of a ZeroMQ socket, as far as it matters here. */
export interface MonitorEvent {
  readonly type: string;
  readonly error?: { readonly code?: string; readonly status?: number } | undefined;
}

/** What changed for the reader of the feed. */
export type ConnectionChange = "connected" | "disconnected" | ConnectProblem;

/** errno of a handshake that ran into its time limit. */
const TIMED_OUT = new Set(["EAGAIN", "ETIMEDOUT"]);

/**
 * Makes sense of the events of one ZeroMQ socket with one endpoint. As observed with libzmq 4.3.5, an attempt shows as
 *
 *     connect:retry                                        the name has no address
 *     connect:delay close connect:retry                    refused
 *     connect:delay connect handshake:error:other(EAGAIN)  accepted, then silence
 *     connect:delay connect handshake:error:other(else)    closed by the other side: not ZeroMQ
 *     connect:delay connect disconnect                     not ZeroMQ, or not a publisher; no attempt follows
 *     connect:delay connect handshake                      a publisher
 */
export class ConnectionMonitor {
  #connected = false;
  #tcpEstablished = false;
  #attemptFailed = false;
  #abandoned = false;

  /** Whether a publisher answers. */
  get connected(): boolean {
    return this.#connected;
  }

  /** libzmq makes no further attempt after some errors (a peer that breaks the protocol): the socket must be opened anew. */
  get abandoned(): boolean {
    return this.#abandoned;
  }

  /** @returns what changed, or null; a problem is returned with every attempt that has it. */
  observe(event: MonitorEvent): ConnectionChange | null {
    switch (event.type) {
      case "connect:delay":
        this.#abandoned = false;
        this.#attemptFailed = false;
        return null;
      case "connect":
        this.#tcpEstablished = true;
        this.#attemptFailed = false;
        return null;
      case "handshake":
        this.#connected = true;
        return "connected";
      case "handshake:error:protocol":
      case "handshake:error:auth":
      case "handshake:error:other":
        return this.#failed(TIMED_OUT.has(event.error?.code ?? "") ? "silent" : "not_zmq");
      case "disconnect":
        return this.#ended();
      case "close":
        return this.#tcpEstablished || this.#connected ? null : this.#failed("refused");
      case "connect:retry":
        return this.#retried();
      default:
        return null;
    }
  }

  #ended(): ConnectionChange | null {
    this.#abandoned = true;
    if (this.#connected) {
      this.#connected = false;
      this.#tcpEstablished = false;
      // The retry that follows belongs to this end; it is no failed attempt of its own.
      this.#attemptFailed = true;
      return "disconnected";
    }
    const unexplained = this.#tcpEstablished && !this.#attemptFailed;
    this.#tcpEstablished = false;
    return unexplained ? this.#failed("not_zmq") : null;
  }

  #retried(): ConnectionChange | null {
    this.#abandoned = false;
    const unexplained = !this.#attemptFailed;
    this.#attemptFailed = false;
    return unexplained ? "unresolved" : null;
  }

  #failed(problem: ConnectProblem): ConnectProblem {
    this.#attemptFailed = true;
    return problem;
  }
}
