import type { Logger } from "pino";
import { ExitCode, UserError } from "../config/user-error.ts";
import { SavedData } from "./saved-data.ts";
import { isDiskError, StoreError } from "./store-error.ts";
import { storeFolderOf } from "./store-folder.ts";

/**
 * The saved data of the chain that the service follows. The chain is known only after the start.
 */
export class ChainData {
  readonly #directory: string;
  readonly #log: Logger;
  readonly #users: ((data: SavedData, chain: string) => Promise<void>)[] = [];
  #opening: Promise<void> | null = null;
  #data: SavedData | null = null;

  constructor(directory: string, log: Logger) {
    this.#directory = directory;
    this.#log = log;
  }

  /** Adds a part of the service that loads and saves data. Call it before {@link open}. */
  onOpen(use: (data: SavedData, chain: string) => Promise<void>): void {
    this.#users.push(use);
  }

  /**
   * Opens the data of a chain, the first time it is called; later calls wait for that.
   * @throws {UserError} if it is not a database of this program, or cannot be used.
   */
  open(chain: string): Promise<void> {
    this.#opening ??= this.#open(chain);
    return this.#opening;
  }

  /** Number of values that wait because the disk failed. */
  get unsaved(): number {
    return this.#data?.unsaved ?? 0;
  }

  async close(): Promise<void> {
    await this.#opening?.catch(() => undefined);
    await this.#data?.close();
  }

  async #open(chain: string): Promise<void> {
    const path = storeFolderOf(this.#directory, chain);
    try {
      this.#data = await SavedData.open(path, this.#log);
      for (const use of this.#users) await use(this.#data, chain);
    } catch (cause) {
      if (cause instanceof StoreError) throw new UserError(`--data-dir: ${cause.message}`, undefined, { cause });
      if (!isDiskError(cause)) throw cause;
      throw new UserError(`--data-dir: ${path} cannot be written (${cause.message})`, ExitCode.failed, { cause });
    }
  }
}
