/** Maximum drift between the monotonic clocks of two machines, seconds per second. */
const MAX_DRIFT = 200e-6;
/** A message this far in the future is of another clock, or a machine was suspended; seconds. */
const FUTURE_TOLERANCE = 1;

/**
 * Estimates an analyzer's monotonic clock at an edge, to compute the age of its messages. Wall
 * clocks are not compared. The edge requests the analyzer's time, and the reading was taken between
 * request and response. However long a message was delayed (suspended process, hanging connection,
 * NATS backlog), its computed age is never too low, and too high by at most the fastest round trip.
 */
export class AnalyzerClock {
  #epoch = "";
  /**
   * Upper bound of the analyzer's clock minus the edge's clock, seconds; null before the first
   * response.
   */
  #maxAhead: number | null = null;
  #receivedAt = 0;

  /**
   * Records a clock response. A response with another epoch replaces the clock.
   * @param epoch run of the analyzer.
   * @param reading analyzer's monotonic clock, seconds.
   * @param requestedAt time of the request on the edge's monotonic clock, seconds.
   * @param receivedAt time of the response on the edge's monotonic clock, seconds.
   */
  onReading(epoch: string, reading: number, requestedAt: number, receivedAt: number): void {
    const most = reading - requestedAt;
    const least = reading - receivedAt;
    const known = this.#epoch === epoch ? this.#maxAhead : null;
    const drifted = known === null ? most : known + MAX_DRIFT * (receivedAt - this.#receivedAt);
    // Below the lower bound: a clock stopped while its machine was suspended. Start again.
    this.#maxAhead = drifted < least ? most : Math.min(drifted, most);
    this.#epoch = epoch;
    this.#receivedAt = receivedAt;
  }

  /** Whether the clock of this run of an analyzer is known. */
  knows(epoch: string): boolean {
    return this.#maxAhead !== null && epoch === this.#epoch;
  }

  /**
   * Upper bound of the age of a message.
   * @param createdAt on the analyzer's monotonic clock, seconds.
   * @param now on the edge's monotonic clock, seconds.
   * @returns seconds; null if the clock of this run is unknown, or the message is from the future.
   */
  age(epoch: string, createdAt: number, now: number): number | null {
    if (this.#maxAhead === null || epoch !== this.#epoch) return null;
    const age = now + this.#maxAhead - createdAt;
    return age < -FUTURE_TOLERANCE ? null : Math.max(0, age);
  }
}
