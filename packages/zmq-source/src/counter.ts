const WRAP = 2 ** 32;

/**
 * A jump back is taken for the counter's wrap at 2^32, with messages lost around it, when no more than this many are
 * missing; else the publisher started anew. A million is two days of today's traffic on the main chain.
 */
export const MOST_LOST_AT_WRAP = 1_000_000;

/** What a message's counter says about the messages before it. */
export type CounterStep =
  | { readonly kind: "first" | "next" }
  /** `missed` messages were published between the last one seen and this one. */
  | { readonly kind: "gap"; readonly missed: number; readonly expected: number }
  /** The publisher began again at 0; of its new run `missed` messages went by unseen. */
  | { readonly kind: "restart"; readonly missed: number; readonly previous: number }
  /** The same counter twice on one connection: the node's settings name this topic and address twice. */
  | { readonly kind: "repeat" };

/**
 * Follows the counter of one topic. It starts at 0 with the node, grows by one per message and wraps at 2^32.
 * The first message ever seen sets the beginning: nobody was waiting for what was published before.
 *
 * A node that starts anew and publishes past the old counter before it is heard again looks like a gap, and one that
 * is heard again exactly at the next counter looks like nothing at all: after a reconnection, ask the node.
 */
export class CounterTracker {
  #last: number | null = null;
  #reconnected = false;

  /** The counter of the last message, null before the first. */
  get last(): number | null {
    return this.#last;
  }

  /** Tells that the connection is a new one, so that the publisher may be another run of the node. */
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
    if (missedOverWrap <= MOST_LOST_AT_WRAP) return { kind: "gap", missed: missedOverWrap, expected };
    return { kind: "restart", missed: counter, previous: last };
  }
}
