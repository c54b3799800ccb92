import type { ServerResponse } from "node:http";
import type { Clock } from "./clock.ts";
import type { EncodedMessage } from "./encoded-message.ts";
import type { CloseCause } from "./stream-event.ts";
import type { StreamLimits } from "./stream-limits.ts";
import { Subscriber } from "./subscriber.ts";
import { TakenBytes } from "./taken-bytes.ts";

const KEEP_ALIVE_COMMENT = Buffer.from(": keep-alive\n\n");

/** Spreads the ends of simultaneous clients over the last quarter (low-discrepancy sequence). */
const GOLDEN_RATIO_FRACTION = 0.618_033_988_75;

/**
 * A Server-Sent Events client. It cannot reply, and the system's buffers hide whether it reads. So
 * its response ends after a time: a client that reads reconnects and resumes.
 */
export class SseSubscriber extends Subscriber {
  readonly #response: ServerResponse;
  readonly #limits: StreamLimits;
  readonly #clock: Clock;
  #lastWriteAtMs: number;
  readonly #taken: TakenBytes;
  readonly #endsAtMs: number;
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
    this.#endsAtMs = now + limits.sseMaxAgeMs * (1 - ((id * GOLDEN_RATIO_FRACTION) % 1) / 4);
    this.#taken = new TakenBytes(response.req.socket, limits.stallTimeoutMs);
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
    if (cause !== "shutdown" && cause !== "max_age") {
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
    if (this.#taken.check(this.bufferedBytes, nowMs) === "stalled") this.close("slow_reader");
    else if (nowMs >= this.#endsAtMs) this.close("max_age");
    else if (nowMs - this.#lastWriteAtMs >= this.#limits.sseKeepAliveMs) this.#write(KEEP_ALIVE_COMMENT);
  }

  #write(bytes: Buffer): void {
    this.#lastWriteAtMs = this.#clock.now();
    this.#response.write(bytes);
  }
}
