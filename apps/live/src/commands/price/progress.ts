import { timeLeftText, WorkProgress } from "../../logging/work-progress.ts";

/** Output stream. Progress appears only on a TTY. */
export interface Terminal {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

/** Minimum time between two updates, ms. */
const PERIOD_MS = 100;

/** A progress line that overwrites itself on a terminal. Writes nothing elsewhere. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #isShown: boolean;
  readonly #now: () => number;
  #shownAt = Number.NEGATIVE_INFINITY;
  #shownLength = 0;
  readonly #work: WorkProgress;

  /** @param now milliseconds. */
  constructor(terminal: Terminal, options: { readonly isQuiet: boolean; readonly now: () => number }) {
    this.#terminal = terminal;
    this.#isShown = terminal.isTTY === true && !options.isQuiet;
    this.#now = options.now;
    this.#work = new WorkProgress(options.now);
  }

  /** Shows for example "12 of 144 blocks, about 5 s left". */
  showCount(done: number, total: number, what: string): void {
    const { seconds_left: left } = this.#work.at(done, total);
    this.show(`${done} of ${total} ${what}${left === null || done >= total ? "" : `, ${timeLeftText(left)}`}`);
  }

  show(text: string): void {
    if (!this.#isShown || this.#now() - this.#shownAt < PERIOD_MS) return;
    this.#shownAt = this.#now();
    this.#terminal.write(`\r${text.padEnd(this.#shownLength)}`);
    this.#shownLength = text.length;
  }

  /** Erases the line. Call it before other output. */
  clear(): void {
    if (this.#shownLength === 0) return;
    this.#terminal.write(`\r${" ".repeat(this.#shownLength)}\r`);
    this.#shownLength = 0;
    this.#shownAt = Number.NEGATIVE_INFINITY;
  }
}
