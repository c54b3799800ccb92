import type { ConnectProblem } from "./event.ts";

/** The used fields of a ZeroMQ monitor event. */
export interface MonitorEvent {
  readonly type: string;
  readonly error?: { readonly code?: string; readonly status?: number } | undefined;
}

/** A change of the connection state. */
export type ConnectionChange = "connected" | "disconnected" | ConnectProblem;

/** errno of a handshake timeout. */
const TIMED_OUT = new Set(["EAGAIN", "ETIMEDOUT"]);

/**
 * Derives the connection state from the monitor events of a ZeroMQ socket with one endpoint. Event
 * sequences of a connection attempt, as observed with libzmq 4.3.5:
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

  get connected(): boolean {
    return this.#connected;
  }

  /**
   * Whether libzmq has stopped reconnecting, as after a protocol error. The socket must be reopened
   * then.
   */
  get abandoned(): boolean {
    return this.#abandoned;
  }

  /** @returns the change, or null. A problem is returned for every failed attempt. */
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
      // The next retry event belongs to this disconnect; it is not a failed attempt.
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
