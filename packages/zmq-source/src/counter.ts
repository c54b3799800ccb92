const WRAP = 2 ** 32;

/**
 * A counter that falls is a wrap at 2^32 if at most this many messages were missed, else a restart
 * of the publisher. A million is two days of traffic on the main chain in 2026.
 */
export const MAX_MISSED_AT_WRAP = 1_000_000;

/** How a message's counter relates to the previous one. */
export type CounterStep =
  | { readonly kind: "first" | "next" }
  /** `missed` messages were published between the previous one and this one. */
  | { readonly kind: "gap"; readonly missed: number; readonly expected: number }
  /** The publisher restarted at 0 and has published `missed` messages before this one. */
  | { readonly kind: "restart"; readonly missed: number; readonly previous: number }
  /**
   * The same counter twice on one connection: the node publishes the topic twice at this address.
   */
  | { readonly kind: "repeat" };

/**
 * Tracks the counter of a topic. It starts at 0 with the node, grows by one per message and wraps
 * at 2^32. Counting starts with the first message received.
 *
 * A restart cannot always be detected: if the node has published more than before by the next
 * message, it looks like a gap, or like no change at all. After a reconnection, query the node.
 */
export class CounterTracker {
  #last: number | null = null;
  #reconnected = false;

  /** The counter of the last message, null before the first. */
  get last(): number | null {
    return this.#last;
  }

  /** Marks a new connection: the node may have restarted. */
  reconnected(): void {
    this.#reconnected = true;
  }

  /** @param counter 0 to 2^32 - 1. */
  observe(counter: number): CounterStep {
    const last = this.#last;
    const reconnected = this.#reconnected;
    this.#last = counter;
    this.#reconnected = false;
    if (last === null) return { kind: "first" };
    const expected = (last + 1) % WRAP;
    if (counter === expected) return { kind: "next" };
    if (counter === last && !reconnected) return { kind: "repeat" };
    if (counter > expected) return { kind: "gap", missed: counter - expected, expected };
    const missedOverWrap = counter - expected + WRAP;
    if (missedOverWrap <= MAX_MISSED_AT_WRAP) return { kind: "gap", missed: missedOverWrap, expected };
    return { kind: "restart", missed: counter, previous: last };
  }
}
