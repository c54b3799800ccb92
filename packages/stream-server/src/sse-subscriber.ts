import type { ServerResponse } from "node:http";
import type { Clock } from "./clock.ts";
import type { EncodedMessage } from "./encoded-message.ts";
import { ReadProgress } from "./read-progress.ts";
import type { CloseCause } from "./stream-event.ts";
import type { StreamLimits } from "./stream-limits.ts";
import { Subscriber } from "./subscriber.ts";

const KEEP_ALIVE_COMMENT = Buffer.from(": keep-alive\n\n");

/**
 * A Server-Sent Events client. It cannot reply, so reading from the connection is its sign of life.
 */
export class SseSubscriber extends Subscriber {
  readonly #response: ServerResponse;
  readonly #limits: StreamLimits;
  readonly #clock: Clock;
  #lastWriteAtMs: number;
  readonly #progress: ReadProgress;
  #progressAtMs: number;
  #closing: CloseCause | null = null;
  #cancelTerminate: (() => void) | null = null;

  constructor(
    id: number,
    address: string,
    response: ServerResponse,
    limits: StreamLimits,
    clock: Clock,
    closed: (client: SseSubscriber, cause: CloseCause) => void,
  ) {
    const now = clock.now();
    super(id, "sse", address, now);
    this.#response = response;
    this.#limits = limits;
    this.#clock = clock;
    this.#lastWriteAtMs = now;
    this.#progressAtMs = now;
    this.#progress = new ReadProgress(response.req.socket);
    response.on("close", () => {
      this.#cancelTerminate?.();
      closed(this, this.#closing ?? "client");
    });
  }

  get isOpen(): boolean {
    return this.#closing === null && !this.#response.writableEnded && !this.#response.destroyed;
  }

  get bufferedBytes(): number {
    return this.#response.writableLength;
  }

  send(message: EncodedMessage): void {
    this.#write(message.sseEvent);
  }

  close(cause: CloseCause): void {
    if (this.#closing !== null) return;
    this.#closing = cause;
    if (cause !== "shutdown") {
      this.terminate(cause);
      return;
    }
    this.#response.end();
    this.#cancelTerminate = this.#clock.after(this.#limits.closeTimeoutMs, () => this.terminate(cause));
  }

  terminate(cause: CloseCause): void {
    this.#closing ??= cause;
    this.#response.destroy();
  }

  heartbeat(nowMs: number): void {
    if (!this.isOpen) return;
    if (this.#progress.check(this.bufferedBytes) !== "stalled") this.#progressAtMs = nowMs;
    if (nowMs - this.#progressAtMs >= this.#limits.stallTimeoutMs) this.close("slow_reader");
    else if (nowMs - this.#lastWriteAtMs >= this.#limits.sseKeepAliveMs) this.#write(KEEP_ALIVE_COMMENT);
  }

  #write(bytes: Buffer): void {
    this.#lastWriteAtMs = this.#clock.now();
    this.#response.write(bytes);
  }
}
