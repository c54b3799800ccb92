import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { EngineSchema } from "@utxoracle/models";
import { budgets } from "../config/budgets.ts";
import { UserError } from "../config/user-error.ts";

const FILE_NAME = "live-window.bin";
/** "UTXOWIN" and the version of the format. */
const MAGIC = Buffer.from("UTXOWIN\u0001", "latin1");
const HASH_BYTES = 32;
const HEAD_LENGTH_BYTES = 4;
/**
 * A saved time further ahead of the clock than this, seconds, means that the clock was set back.
 */
const CLOCK_TOLERANCE_SECONDS = 5;

const HeadSchema = Type.Object({
  /** Chain of the payments; null if unknown. */
  chain: Type.Union([Type.String({ maxLength: 32 }), Type.Null()]),
  /** Unix seconds. */
  savedAt: Type.Number({ minimum: 0 }),
  windowSeconds: Type.Number({ exclusiveMinimum: 0 }),
  engine: EngineSchema,
  /** Whether the window is compared with the node's mempool. */
  seesMempool: Type.Boolean(),
});

/** Metadata of a saved window. */
export type WindowHead = Static<typeof HeadSchema>;

/** Requirements for using a saved window. */
export interface WantedWindow extends Pick<WindowHead, "windowSeconds" | "engine" | "seesMempool"> {
  /** Chain in the settings; null: the node's. */
  readonly chain: string | null;
  /** Unix seconds. */
  readonly now: number;
}

/** A usable saved window, or why it is not used; null if there is none. */
export type LoadedWindow =
  | { readonly head: WindowHead; readonly window: Uint8Array }
  | { readonly problem: string }
  | null;

/** Stores the live window in the data folder, for a restart. */
export class WindowStore {
  readonly path: string;
  #saving: Promise<void> = Promise.resolve();

  constructor(directory: string) {
    this.path = join(directory, FILE_NAME);
  }

  /** Reads the saved window. Restoring it may still fail. */
  async load(wanted: WantedWindow): Promise<LoadedWindow> {
    let bytes: Buffer;
    try {
      const file = await openFile(this.path);
      try {
        if ((await file.stat()).size > budgets.savedWindow.bytes) return { problem: "it is too large" };
        bytes = await file.readFile();
      } finally {
        await file.close();
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      return { problem: (error as Error).message };
    }
    const saved = decode(bytes);
    if ("problem" in saved) return saved;
    const problem = mismatch(saved.head, wanted);
    return problem === null ? saved : { problem };
  }

  /**
   * Replaces the saved window atomically: after a crash the file holds the old window or the new
   * one. Concurrent calls run one after another.
   * @throws errors of the file system; RangeError if the window is larger than `load` accepts.
   */
  save(head: WindowHead, window: Uint8Array): Promise<void> {
    const saving = this.#saving.then(() => this.#write(encode(head, window)));
    this.#saving = saving.catch(() => undefined);
    return saving;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (bytes.length > budgets.savedWindow.bytes) throw new RangeError(`the window takes ${bytes.length} bytes`);
    const partial = `${this.path}.partial`;
    try {
      // The path may be a symbolic link to another file.
      await rm(partial, { force: true });
      const file = await open(partial, "wx", 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(partial, this.path);
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
  }
}

/** Opens a regular file for reading. Does not follow links and does not block on a pipe. */
async function openFile(path: string): Promise<FileHandle> {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new Error("it is not a regular file");
}

/**
 * Checks that saving a window in a folder does not overwrite a file of another kind.
 * @throws {UserError}
 */
export async function checkWindowFile(directory: string): Promise<void> {
  const path = join(directory, FILE_NAME);
  const start = Buffer.alloc(MAGIC.length - 1);
  try {
    const file = await openFile(path);
    const { bytesRead } = await file.read(start, 0, start.length, 0).finally(() => file.close());
    if (start.subarray(0, bytesRead).equals(MAGIC.subarray(0, bytesRead))) return;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return;
    throw new UserError(`--data-dir: ${path} cannot be used (${(cause as Error).message})`, undefined, { cause });
  }
  throw new UserError(`--data-dir: ${path} is not a saved window: move it away, or choose another --data-dir`);
}

/** Format: magic, SHA-256 of the rest, length of the head, head as JSON, window. */
function encode(head: WindowHead, window: Uint8Array): Uint8Array {
  const json = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(HEAD_LENGTH_BYTES);
  length.writeUInt32LE(json.length);
  const rest = [length, json, window];
  const hash = createHash("sha256");
  for (const part of rest) hash.update(part);
  return Buffer.concat([MAGIC, hash.digest(), ...rest]);
}

function decode(bytes: Buffer): { head: WindowHead; window: Uint8Array } | { problem: string } {
  const start = MAGIC.length + HASH_BYTES;
  if (!bytes.subarray(0, MAGIC.length - 1).equals(MAGIC.subarray(0, MAGIC.length - 1)))
    return { problem: "it is not a saved window" };
  if (bytes[MAGIC.length - 1] !== MAGIC[MAGIC.length - 1])
    return { problem: "it was saved by another version of the program" };
  const rest = bytes.subarray(start);
  if (!createHash("sha256").update(rest).digest().equals(bytes.subarray(MAGIC.length, start)))
    return { problem: "it is damaged: its checksum is wrong" };
  const headEnd = HEAD_LENGTH_BYTES + rest.readUInt32LE(0);
  let head: unknown;
  try {
    head = JSON.parse(rest.toString("utf8", HEAD_LENGTH_BYTES, headEnd));
  } catch {
    return { problem: "it is damaged: its head is not valid" };
  }
  return Value.Check(HeadSchema, head)
    ? { head, window: rest.subarray(headEnd) }
    : { problem: "it is damaged: its head is not valid" };
}

/** Why a saved window cannot be used; null if it can. */
function mismatch(head: WindowHead, wanted: WantedWindow): string | null {
  if (head.windowSeconds !== wanted.windowSeconds || head.engine !== wanted.engine)
    return "it was saved with another --window or --engine";
  if (head.seesMempool !== wanted.seesMempool)
    return "it was saved with RPC on and is read with it off, or the reverse";
  // With RPC the chain is known later.
  if (head.chain !== wanted.chain && (wanted.chain !== null || !wanted.seesMempool))
    return `it is of chain ${head.chain ?? "unknown"}, not ${wanted.chain ?? "unknown"}: check --chain`;
  if (head.savedAt > wanted.now + CLOCK_TOLERANCE_SECONDS) return "it was saved later than the clock shows now";
  if (head.savedAt < wanted.now - head.windowSeconds) return "it is older than the window";
  return null;
}
