/** A set of the latest ids. */
export class RecentIds {
  readonly #max: number;
  readonly #ids = new Set<string>();

  /** @param max maximum number of ids; the oldest are removed beyond it. */
  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#ids.size;
  }

  add(id: string): void {
    this.#ids.add(id);
    if (this.#ids.size <= this.#max) return;
    const [oldest] = this.#ids;
    if (oldest !== undefined) this.#ids.delete(oldest);
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }
}
