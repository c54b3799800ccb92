import type { StreamClientOptions } from "./stream-client-options.ts";
import type { StreamClientTime } from "./stream-client-time.ts";

/** What a {@link StreamWatchdog} reports. */
export interface WatchdogHandlers {
  /** Called once per silence: whether nothing arrived during the last one. */
  onCheck(isSilent: boolean): void;
  /** The server sends nothing, or nothing of use. The watchdog has stopped. */
  onDead(): void;
}

/**
 * Checks after every silence whether the server still sends. A half-open socket never closes by
 * itself, and one that sends no updates is as useless.
 */
export class StreamWatchdog {
  readonly #time: StreamClientTime;
  readonly #handlers: WatchdogHandlers;
  readonly #silenceMs: number;
  readonly #progressMs: number;
  readonly #messageLengthMax: number;
  readonly #messagesMax: number;
  #timer: unknown = null;
  #lastMessageAtMs = 0;
  /** Time at which the connection is dead unless an update is applied before. */
  #progressDueMs = 0;
  /** Messages since the last check. */
  #messages = 0;

  constructor(options: StreamClientOptions, time: StreamClientTime, handlers: WatchdogHandlers) {
    this.#time = time;
    this.#handlers = handlers;
    this.#silenceMs = options.silenceMs ?? 10_000;
    this.#progressMs = options.progressMs ?? 180_000;
    this.#messageLengthMax = options.messageLengthMax ?? 4_000_000;
    this.#messagesMax = options.messagesMax ?? 1_000;
  }

  /** Starts with a new connection. */
  start(): void {
    this.#messages = 0;
    this.onSign();
    this.onProgress();
    this.#schedule();
  }

  stop(): void {
    this.#time.clearTimer(this.#timer);
    this.#timer = null;
  }

  /** The server showed that it lives. */
  onSign(): void {
    this.#lastMessageAtMs = this.#time.now();
  }

  /** A message arrived. Returns false if it is too long, or one too many. */
  onMessage(data: unknown): boolean {
    this.onSign();
    this.#messages += 1;
    return this.#messages <= this.#messagesMax && (typeof data !== "string" || data.length <= this.#messageLengthMax);
  }

  /**
   * An update was applied. Jitter adds up to half: clients of a stalled server must not all return
   * at once.
   */
  onProgress(): void {
    this.#progressDueMs = this.#time.now() + this.#progressMs * (1 + this.#time.random() / 2);
  }

  #schedule(): void {
    this.#timer = this.#time.setTimer(() => {
      const now = this.#time.now();
      const silentMs = now - this.#lastMessageAtMs;
      this.#messages = 0;
      this.#timer = null;
      if (silentMs >= 2 * this.#silenceMs || now >= this.#progressDueMs) {
        this.#handlers.onDead();
        return;
      }
      this.#schedule();
      this.#handlers.onCheck(silentMs >= this.#silenceMs);
    }, this.#silenceMs);
  }
}
