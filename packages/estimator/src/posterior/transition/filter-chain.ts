/**
 * Forward pass of a hidden Markov model over steps of time. Keeps the state of each step until the
 * payments of that step or of an earlier one change.
 */
export class FilterChain<Prediction, State> {
  readonly #predict: (before: State | undefined) => Prediction;
  readonly #observe: (prediction: Prediction, step: number) => State;
  readonly #states = new Map<number, State>();
  #first = Number.NaN;
  /** States up to and including this step are valid. */
  #validThrough = Number.NEGATIVE_INFINITY;
  /** Prediction for the latest step: while it fills, only its own payments are new. */
  #prediction: Prediction | undefined;
  #predictedStep = Number.NaN;

  /**
   * @param predict the transition to the next step; to the first one without a state
   * @param observe the state, given the payments of the step
   */
  constructor(
    predict: (before: State | undefined) => Prediction,
    observe: (prediction: Prediction, step: number) => State,
  ) {
    this.#predict = predict;
    this.#observe = observe;
  }

  /** The state of a step, given the payments of the steps from `first` to it. */
  at(first: number, step: number): State {
    if (first !== this.#first) {
      this.#first = first;
      this.#validThrough = first - 1;
      this.#predictedStep = Number.NaN;
      this.#states.clear();
    }
    for (let next = Math.max(this.#validThrough + 1, first); next <= step; next++) {
      if (next !== this.#predictedStep) {
        this.#prediction = this.#predict(next === first ? undefined : this.#states.get(next - 1)!);
        this.#predictedStep = next;
      }
      this.#states.set(next, this.#observe(this.#prediction!, next));
      this.#validThrough = next;
    }
    return this.#states.get(step)!;
  }

  /** The payments of a step have changed. */
  forget(step: number): void {
    if (step < this.#first) return;
    if (step <= this.#validThrough) this.#validThrough = step - 1;
    if (step < this.#predictedStep) this.#predictedStep = Number.NaN;
  }
}
