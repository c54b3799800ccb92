import { inspect } from "node:util";

const HIDDEN = "[secret]";

/** A password or token. Whatever prints it shows a placeholder; only {@link reveal} gives the value. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** For the request or the connection that carries it, and for nothing else. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}
