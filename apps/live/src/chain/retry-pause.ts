/** Seconds between attempts: first, and at most while the node cannot be asked: it is there again within that. */
const FIRST_SECONDS = 1;
const LONGEST_SECONDS = 5;
/** And at most when it refuses us, which lasts until somebody corrects a setting, and of which it writes a line into its log each time. */
const LONGEST_REFUSED_SECONDS = 60;

/** The codes of `NodeRpcError` by which a node refuses whoever asks, whatever it is asked. */
const REFUSALS: ReadonlySet<string> = new Set(["unauthorized", "forbidden"]);

/** Whether the node does not let us in. */
export const isRefusal = (code: string): boolean => REFUSALS.has(code);

/** How long to wait before a node is asked again that did not serve: twice as long each time, up to a bound. */
export class RetryPause {
  #next = FIRST_SECONDS;
  #refused = false;

  /** The node served. */
  reset(): void {
    this.#next = FIRST_SECONDS;
    this.#refused = false;
  }

  /** @param code of the failure. @returns seconds. */
  after(code: string): number {
    const refused = isRefusal(code);
    // Another kind of trouble is a new one.
    if (refused !== this.#refused) this.reset();
    this.#refused = refused;
    const seconds = this.#next;
    this.#next = Math.min(2 * seconds, refused ? LONGEST_REFUSED_SECONDS : LONGEST_SECONDS);
    return seconds;
  }
}
