import type { FeedEvent } from "../src/index.ts";

type EventOf<T extends FeedEvent["type"]> = Extract<FeedEvent, { type: T }>;

/** Collects a feed's events and lets a test wait for one. */
export class EventLog {
  readonly events: FeedEvent[] = [];
  #waiting: { readonly matches: (event: FeedEvent) => boolean; readonly resolve: (event: FeedEvent) => void }[] = [];

  readonly listen = (event: FeedEvent): void => {
    this.events.push(event);
    this.#waiting = this.#waiting.filter((wait) => {
      if (!wait.matches(event)) return true;
      wait.resolve(event);
      return false;
    });
  };

  of<T extends FeedEvent["type"]>(type: T): EventOf<T>[] {
    return this.events.filter((event): event is EventOf<T> => event.type === type);
  }

  /** Resolves with the next event of that type. */
  next<T extends FeedEvent["type"]>(type: T): Promise<EventOf<T>> {
    return new Promise((resolve) => {
      this.#waiting.push({ matches: (event) => event.type === type, resolve: (event) => resolve(event as EventOf<T>) });
    });
  }
}
