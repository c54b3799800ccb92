import { Admission } from "./admission.ts";
import type { Channel } from "./channel.ts";
import type { Clock } from "./clock.ts";
import type { ClientKind, CloseCause, StreamEvent } from "./stream-event.ts";
import type { StreamLimits } from "./stream-limits.ts";
import type { StreamPosition } from "./stream-position.ts";
import type { Subscriber } from "./subscriber.ts";

/** Clients closed per turn of the event loop at shutdown. */
const CLIENTS_PER_CLOSING_SLICE = 256;

/** All clients of a server. Enforces connection limits, heartbeats and limits for slow clients. */
export class ClientRegistry {
  readonly #limits: StreamLimits;
  readonly #clock: Clock;
  readonly #emit: (event: StreamEvent) => void;
  readonly #admission: Admission;
  readonly #channels = new Map<Subscriber, Channel>();
  readonly #lastRequestedSnapshotMs = new WeakMap<Subscriber, number>();
  #lastId = 0;
  #closing = false;
  #cancelSweep: (() => void) | null = null;
  #whenEmpty: (() => void) | null = null;

  constructor(limits: StreamLimits, clock: Clock, emit: (event: StreamEvent) => void) {
    this.#limits = limits;
    this.#clock = clock;
    this.#emit = emit;
    this.#admission = new Admission(limits);
  }

  get size(): number {
    return this.#admission.total;
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  refusal(address: string): ReturnType<Admission["refusal"]> {
    return this.#admission.refusal(address);
  }

  /**
   * Adds a client that was not refused and sends it what it lacks.
   *
   * @param position the last update it has; null for none
   */
  enter(channel: Channel, subscriber: Subscriber, position: StreamPosition | null): void {
    this.#admission.enter(subscriber.address);
    this.#channels.set(subscriber, channel);
    const { id, kind, address } = subscriber;
    this.#emit({ type: "client_connected", client: id, kind, address });
    channel.add(subscriber, position);
    this.#scheduleSweep();
  }

  remove(subscriber: Subscriber, cause: CloseCause, code: number | null): void {
    const channel = this.#channels.get(subscriber);
    if (channel === undefined) return;
    this.#channels.delete(subscriber);
    this.#admission.leave(subscriber.address);
    channel.remove(subscriber);
    const { id, kind, address, droppedUpdates, connectedAtMs } = subscriber;
    const connectedMs = this.#clock.now() - connectedAtMs;
    this.#emit({ type: "client_closed", client: id, kind, address, cause, code, connectedMs, droppedUpdates });
    if (this.#channels.size === 0) this.#whenEmpty?.();
  }

  /** Handles a client's snapshot request; drops it if it comes too soon after the previous one. */
  snapshotRequested(channel: Channel, subscriber: Subscriber): void {
    const now = this.#clock.now();
    const last = this.#lastRequestedSnapshotMs.get(subscriber) ?? Number.NEGATIVE_INFINITY;
    if (now - last < this.#limits.snapshotIntervalMs) return;
    this.#lastRequestedSnapshotMs.set(subscriber, now);
    channel.resend(subscriber);
  }

  /** Number of clients by kind. */
  count(): Readonly<Record<ClientKind, number>> {
    const counts = { websocket: 0, sse: 0 };
    for (const subscriber of this.#channels.keys()) counts[subscriber.kind] += 1;
    return counts;
  }

  /**
   * Closes all clients and waits for them to leave, at most `drainTimeoutMs`.
   *
   * @returns the number of clients that had to be terminated
   */
  async closeAll(): Promise<number> {
    this.#closing = true;
    this.#cancelSweep?.();
    this.#cancelSweep = null;
    const empty = new Promise<void>((resolve) => {
      this.#whenEmpty = resolve;
      if (this.#channels.size === 0) resolve();
    });
    let cancelTimeout = (): void => {};
    const timeout = new Promise<void>((resolve) => {
      cancelTimeout = this.#clock.after(this.#limits.drainTimeoutMs, resolve);
    });
    let closed = 0;
    for (const subscriber of [...this.#channels.keys()]) {
      subscriber.isolate(this.#emit, () => subscriber.close("shutdown"));
      closed += 1;
      if (closed % CLIENTS_PER_CLOSING_SLICE === 0) await new Promise<void>((next) => this.#clock.afterIo(next));
    }
    await Promise.race([empty, timeout]);
    cancelTimeout();
    const remaining = [...this.#channels.keys()];
    for (const subscriber of remaining) subscriber.terminate("shutdown");
    return remaining.length;
  }

  /** Checks heartbeats and slow clients while there are clients. */
  #scheduleSweep(): void {
    if (this.#channels.size === 0 || this.#closing) return;
    this.#cancelSweep ??= this.#clock.after(this.#limits.sweepIntervalMs, () => {
      this.#cancelSweep = null;
      this.#sweep();
      this.#scheduleSweep();
    });
  }

  #sweep(): void {
    const now = this.#clock.now();
    for (const subscriber of this.#channels.keys()) subscriber.isolate(this.#emit, () => this.#check(subscriber, now));
  }

  #check(subscriber: Subscriber, now: number): void {
    subscriber.heartbeat(now);
    if (subscriber.bufferedBytes <= this.#limits.closeAboveBytes) {
      subscriber.overLimitSinceMs = null;
      return;
    }
    subscriber.overLimitSinceMs ??= now;
    if (now - subscriber.overLimitSinceMs >= this.#limits.closeAfterMs) subscriber.close("slow_reader");
  }
}
