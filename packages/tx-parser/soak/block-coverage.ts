import { Session } from "node:inspector/promises";

/** By script URL: one byte per source character, 1 if it has run. */
type RanCharacters = Map<string, Uint8Array>;

/** V8's block coverage, accumulated over many runs. */
export class BlockCoverage {
  readonly #session = new Session();
  readonly #isWanted: (url: string) => boolean;
  #ever: RanCharacters = new Map();

  /** @param isWanted selects scripts by URL */
  constructor(isWanted: (url: string) => boolean) {
    this.#isWanted = isWanted;
    this.#session.connect();
  }

  /** Must be called before the measured scripts are loaded. */
  async start(): Promise<void> {
    await this.#session.post("Profiler.enable");
    await this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** Whether new code has run since the last call. */
  async grew(): Promise<boolean> {
    const { result } = await this.#session.post("Profiler.takePreciseCoverage");
    let isNew = false;
    for (const { url, functions } of result) {
      if (!this.#isWanted(url)) continue;
      const ran = paint(functions);
      const ever = this.#ever.get(url) ?? new Uint8Array(0);
      const both = new Uint8Array(Math.max(ran.length, ever.length));
      both.set(ever);
      for (let at = 0; at < ran.length; at++)
        if (ran[at] === 1 && both[at] === 0) {
          both[at] = 1;
          isNew = true;
        }
      this.#ever.set(url, both);
    }
    return isNew;
  }

  /** The current state, for `restore`. */
  snapshot(): RanCharacters {
    return new Map([...this.#ever].map(([url, painted]) => [url, painted.slice()]));
  }

  restore(snapshot: RanCharacters): void {
    this.#ever = new Map([...snapshot].map(([url, painted]) => [url, painted.slice()]));
  }

  /** Number of source characters that have run. */
  get size(): number {
    let sum = 0;
    for (const painted of this.#ever.values()) for (const value of painted) sum += value;
    return sum;
  }
}

interface Ranges {
  ranges: { startOffset: number; endOffset: number; count: number }[];
}

/** Inner ranges follow outer ones and override them. */
function paint(functions: Ranges[]): Uint8Array {
  const ranges = functions.flatMap((one) => one.ranges);
  const painted = new Uint8Array(Math.max(0, ...ranges.map(({ endOffset }) => endOffset)));
  for (const { startOffset, endOffset, count } of ranges) painted.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  return painted;
}
