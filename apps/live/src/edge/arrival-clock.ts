/** Steady clocks of two machines drift apart by less than this, seconds in a second. */
const DRIFT = 200e-6;
/** An offset that holds for so long while messages flow is a new one and no queue that is worked off, seconds. */
const SETTLE_SECONDS = 5;
/** By how much it may rise meanwhile, seconds. */
const SETTLE_RISE_SECONDS = 0.5;
/** Messages of a queue that is worked off follow each other in less than this part of the time between their making. */
const RHYTHM_PART = 0.5;

/**
 * Tells how old messages are, without comparing wall clocks. Each says on the sender's steady clock when it was made; the
 * one that came quickest shows how the two clocks stand to each other, and how much later another one is relative to it is
 * its lateness. What waited in a queue (a process that was stopped, a connection that hung) is old by its time there,
 * however quickly it is worked off.
 */
export class ArrivalClock {
  readonly #acceptable: number;
  /** Sender's clock less the receiver's at the quickest message; null before the first. */
  #offset: number | null = null;
  #sender = "";
  #observedAt = 0;
  #made = 0;
  /** Whether two messages came in their own rhythm: before that, all that came may have waited in one queue. */
  #inRhythm = false;
  #slower: { offset: number; since: number } | null = null;

  /** @param acceptableSeconds up to this lateness nothing is wrong. */
  constructor(acceptableSeconds: number) {
    this.#acceptable = acceptableSeconds;
  }

  /**
   * Takes note of a message as it comes; another sender's clock is another one.
   * @param sender names the sender.
   * @param made on the sender's steady clock, seconds.
   * @param arrived on the receiver's steady clock, seconds.
   */
  observe(sender: string, made: number, arrived: number): void {
    if (sender !== this.#sender) {
      this.#sender = sender;
      this.#offset = null;
      this.#inRhythm = false;
      this.#slower = null;
    }
    const observed = made - arrived;
    if (this.#offset !== null && arrived - this.#observedAt >= RHYTHM_PART * (made - this.#made)) this.#inRhythm = true;
    const expected = this.#offset === null ? observed : this.#offset - DRIFT * Math.max(0, arrived - this.#observedAt);
    this.#observedAt = arrived;
    this.#made = made;
    this.#offset = Math.max(expected, observed);
    if (this.#offset - observed <= this.#acceptable) this.#slower = null;
    else if (this.#isSettled(observed, arrived)) this.#offset = observed;
  }

  /**
   * How old a message is.
   * @param made on the sender's steady clock, seconds.
   * @param now on the receiver's steady clock, seconds.
   * @returns seconds; null while no two messages of this sender came in their own rhythm.
   */
  age(sender: string, made: number, now: number): number | null {
    return this.#offset === null || !this.#inRhythm || sender !== this.#sender
      ? null
      : Math.max(0, now + this.#offset - made);
  }

  /**
   * A sender whose clock stood still for a while (a machine that slept) would be late for ever by this measure. But its
   * messages come in their own rhythm, while those of a queue that is worked off get less late from one to the next.
   */
  #isSettled(observed: number, arrived: number): boolean {
    const before = this.#slower;
    if (before === null || observed - before.offset > SETTLE_RISE_SECONDS) {
      this.#slower = { offset: observed, since: arrived };
      return false;
    }
    if (arrived - before.since < SETTLE_SECONDS) return false;
    this.#slower = null;
    return true;
  }
}
