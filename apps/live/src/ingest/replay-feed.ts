import { basename } from "node:path";
import type { NodeState } from "@utxoracle/models";
import { isChainName } from "@utxoracle/node-rpc";
import {
  CaptureError,
  type FeedMessage,
  type Replay,
  readCapture,
  readCaptureHeader,
  readHexLines,
  recognizeRecording,
  replay,
} from "@utxoracle/zmq-source";
import type { Logger } from "pino";
import { UserError } from "../config/user-error.ts";
import { logLine } from "../logging/log-line.ts";
import type { ReadinessReason } from "../state/service-state.ts";
import { deliver } from "./deliver.ts";
import type { Feed, FeedSink, FeedState } from "./feed.ts";

export interface ReplayFeedOptions {
  readonly path: string;
  readonly speed: number | "max";
  /** Duration over which the transactions of a file without times are spread, seconds. */
  readonly spanSeconds: number;
  readonly log: Logger;
  /** Cancels opening: a file without times is read once before its first record. */
  readonly signal?: AbortSignal;
}

/** A file name that starts with a day, as in `2024-03-14.rawtx.hex.gz`. */
const DATED_NAME = /^(\d{4}-\d{2}-\d{2})(?!\d)/;

/**
 * Start time for a file without times: midnight (UTC) of the day in its name, else Unix time 0. It
 * does not depend on the current time, so every replay gives the same result.
 */
export function startTimeOf(path: string): number {
  const day = DATED_NAME.exec(basename(path))?.[1];
  const time = day === undefined ? Number.NaN : Date.parse(`${day}T00:00:00Z`) / 1000;
  return Number.isFinite(time) && time >= 0 ? time : 0;
}

/**
 * Replays a recorded feed. Its clock follows the records and stops at the last one. There is no
 * node.
 */
export class ReplayFeed implements Feed {
  readonly source = "replay";
  readonly node = null;
  readonly nodeChain = null;
  readonly #options: ReplayFeedOptions;
  readonly #records: AsyncIterator<FeedMessage>;
  readonly #first: FeedMessage | null;
  readonly #chain: string | null;
  #replay: Replay<FeedMessage> | null = null;
  #ended = false;
  #damage: ReadinessReason | null = null;

  private constructor(
    options: ReplayFeedOptions,
    records: AsyncIterator<FeedMessage>,
    first: FeedMessage | null,
    chain: string | null,
  ) {
    this.#options = options;
    this.#records = records;
    this.#first = first;
    this.#chain = chain;
  }

  /** @throws {UserError} if the file cannot be read or is not a recording. */
  static async open(options: ReplayFeedOptions): Promise<ReplayFeed> {
    const { path, spanSeconds, log, signal } = options;
    try {
      const kind = await recognizeRecording(path);
      const { chain = null } = kind === "capture" ? (await readCaptureHeader(path)).metadata : {};
      // An unknown chain counts as the main one, a chain without a valid name must not.
      if (chain !== null && !isChainName(chain))
        throw new UserError(`replay: ${path}: the chain in its header is not the name of a chain`);
      const records: AsyncIterator<FeedMessage> =
        kind === "capture"
          ? readCapture(path, {
              signal,
              onEvent: ({ bytes }) =>
                logLine(log, "capture ends inside a record; incomplete record ignored", { file: path, bytes }),
            })
          : readHexLines(path, { startTime: startTimeOf(path), spanSeconds, signal });
      const first = await records.next();
      return new ReplayFeed(options, records, first.done === true ? null : first.value, chain);
    } catch (error) {
      if (error instanceof CaptureError) throw new UserError(`replay: ${error.message}`, undefined, { cause: error });
      throw error;
    }
  }

  now(): number {
    return this.#replay?.now() ?? this.#first?.timestamp ?? 0;
  }

  checkClock(): void {
    // The clock of a replay follows its records.
  }

  state(): FeedState {
    const node: NodeState = {
      connected: null,
      last_message_age: null,
      missed_messages: null,
      resyncing: null,
      height: null,
      last_block_timestamp: null,
    };
    return {
      node,
      chain: this.#chain,
      loading: !this.#ended && this.#first !== null,
      loadedBlocks: null,
      lost: false,
      reasons: this.#damage === null ? [] : [this.#damage],
      notices: [],
    };
  }

  async run(sink: FeedSink, signal: AbortSignal): Promise<void> {
    const { path, speed, log } = this.#options;
    this.#replay = replay(this.#all(), { speed, signal });
    let messages = 0;
    try {
      for await (const message of this.#replay) {
        messages++;
        await sink.passTime?.(this.now(), signal);
        if (signal.aborted) break;
        deliver(message, message.timestamp, sink);
      }
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      this.#damage = { code: "replay_damaged", message: error.message };
      logLine(log, "replay stopped at damaged data", { file: path, code: error.code, messages }, error.message);
    } finally {
      this.#ended = true;
    }
    if (!signal.aborted && this.#damage === null)
      logLine(log, "replay finished; its clock has stopped", { file: path, messages });
  }

  async close(): Promise<void> {
    await this.#records.return?.();
  }

  async *#all(): AsyncGenerator<FeedMessage, void, undefined> {
    if (this.#first === null) return;
    yield this.#first;
    for (let next = await this.#records.next(); next.done !== true; next = await this.#records.next()) yield next.value;
  }
}
