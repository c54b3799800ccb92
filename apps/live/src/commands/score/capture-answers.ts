import type { Engine } from "@utxoracle/models";
import { CaptureError, type FeedMessage, readCapture, readHexLines, recognizeRecording } from "@utxoracle/zmq-source";
import { UserError } from "../../config/user-error.ts";
import { startTimeOf } from "../../ingest/replay-feed.ts";
import type { AnswerSource } from "./answers.ts";
import { type WindowEvent, windowAnswers } from "./window-answers.ts";

/** The first moment may be this much before the window is full, seconds. */
const TOLERANCE_SECONDS = 60;
/**
 * Moments this long after the last message are judged too, seconds: the status says whether the
 * price is sure.
 */
const AFTER_END_SECONDS = 3600;

export interface CaptureOptions {
  readonly path: string;
  readonly spanSeconds: number;
  readonly windowSeconds: number;
  readonly engine: Engine;
  readonly signal: AbortSignal;
}

/**
 * The prices that the service would have published during a recording.
 * @throws {UserError} if the file cannot be read or is not a recording.
 */
export async function captureAnswers(options: CaptureOptions): Promise<AnswerSource> {
  const { path, windowSeconds, engine } = options;
  try {
    let first: number | null = null;
    let last = 0;
    for await (const { timestamp } of await messagesOf(options)) {
      first ??= timestamp;
      last = Math.max(last, timestamp);
    }
    return {
      title: `engine ${engine}, replay of ${path}, window ${windowSeconds} s`,
      span: first === null ? null : { from: first + windowSeconds - TOLERANCE_SECONDS, to: last + AFTER_END_SECONDS },
      answers: (times) => windowAnswers(eventsOf(options), times, options),
    };
  } catch (error) {
    throw asUserError(error);
  }
}

async function messagesOf({ path, spanSeconds, signal }: CaptureOptions): Promise<AsyncIterable<FeedMessage>> {
  const isCapture = (await recognizeRecording(path)) === "capture";
  return isCapture
    ? readCapture(path, { signal, onEvent: () => undefined })
    : readHexLines(path, { startTime: startTimeOf(path), spanSeconds, signal });
}

async function* eventsOf(options: CaptureOptions): AsyncGenerator<WindowEvent, void, undefined> {
  try {
    for await (const message of await messagesOf(options)) yield eventOf(message);
  } catch (error) {
    throw asUserError(error);
  }
}

function eventOf(message: FeedMessage): WindowEvent {
  return {
    time: message.timestamp,
    enter: (window) => {
      if (message.topic === "rawtx") window.transaction(message.rawBytes, message.timestamp);
      else if (message.topic === "rawblock") window.block(message.rawBytes, message.timestamp);
      else if (message.topic === "sequence" && message.label === "R") window.remove(message.hash);
    },
  };
}

function asUserError(error: unknown): unknown {
  return error instanceof CaptureError ? new UserError(`score: ${error.message}`, undefined, { cause: error }) : error;
}
