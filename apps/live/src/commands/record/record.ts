import { CaptureError, type FeedTopic, openCaptureWriter } from "@utxoracle/zmq-source";
import type { Logger } from "pino";
import { ExitCode, UserError } from "../../config/user-error.ts";
import { openZmq } from "../../ingest/open-zmq.ts";
import { BEAT_MS, OwnPauses } from "../../ingest/own-pauses.ts";
import { machineClocks } from "../../ingest/steady-clock.ts";
import { logLine } from "../../logging/log-line.ts";
import { recordingEvents } from "./recording-events.ts";

export interface RecordOptions {
  readonly path: string;
  readonly endpoints: { readonly [Topic in FeedTopic]?: string };
  /** Chain of the node; null: unknown. */
  readonly chain: string | null;
  readonly version: string;
  readonly log: Logger;
  /** Ends the recording and completes the file. */
  readonly signal: AbortSignal;
}

/**
 * Records a node's feed to a capture file until the signal aborts. Never changes an existing file.
 * @throws {UserError} with exit code 2 if the file cannot be created, 1 if it cannot be written.
 */
export async function record({ path, endpoints, chain, version, log, signal }: RecordOptions): Promise<void> {
  let exitCode: ExitCode = ExitCode.usage;
  try {
    const writer = await openCaptureWriter(path, {
      metadata: { program: "utxoracle-live", version, chain, topics: Object.keys(endpoints) },
    });
    exitCode = ExitCode.failed;
    logLine(log, "recording started", { file: path, endpoints }, "stop with SIGINT or SIGTERM");
    const pauses = new OwnPauses(machineClocks.monotonic);
    const beats = setInterval(() => pauses.beat(), BEAT_MS).unref();
    try {
      const feed = openZmq({
        endpoints,
        signal,
        onEvent: recordingEvents(log, () => pauses.recent),
      });
      for await (const message of feed) await writer.write(message);
    } finally {
      clearInterval(beats);
      await writer.close();
      const { messages, fileBytes: bytes } = writer.status();
      logLine(log, "recording finished", { file: path, messages, bytes });
    }
  } catch (error) {
    if (error instanceof CaptureError) {
      const message =
        error.code === "exists" ? `${path}: the file exists; choose another name, or remove it` : error.message;
      throw new UserError(`record: ${message}`, exitCode, { cause: error });
    }
    throw error;
  }
}
