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

  /** @param now milliseconds. */
  constructor(terminal: Terminal, options: { readonly isQuiet: boolean; readonly now: () => number }) {
    this.#terminal = terminal;
    this.#isShown = terminal.isTTY === true && !options.isQuiet;
    this.#now = options.now;
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
