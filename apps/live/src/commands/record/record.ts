import { CaptureError, type FeedTopic, openCaptureWriter } from "@utxoracle/zmq-source";
import type { Logger } from "pino";
import { feedBudgets } from "../../config/feed-budgets.ts";
import { ExitCode, UserError } from "../../config/user-error.ts";
import { openZmq } from "../../ingest/open-zmq.ts";
import { BEAT_MS, OwnPauses } from "../../ingest/own-pauses.ts";
import { machineClocks } from "../../ingest/steady-clock.ts";
import { recordingEvents } from "./recording-events.ts";

export interface RecordOptions {
  readonly path: string;
  readonly endpoints: { readonly [Topic in FeedTopic]?: string };
  /** The chain that the node is on; null: unknown. */
  readonly chain: string | null;
  readonly version: string;
  readonly log: Logger;
  /** Ends the recording; the file is then whole. */
  readonly signal: AbortSignal;
}

/**
 * Writes a node's feed to a capture file until the signal aborts. A file that is there already is not touched.
 * @throws {UserError} when the file cannot be made (a wrong setting) or, later, written (a failure).
 */
export async function record({ path, endpoints, chain, version, log, signal }: RecordOptions): Promise<void> {
  let exitCode: ExitCode = ExitCode.usage;
  try {
    const writer = await openCaptureWriter(path, {
      metadata: { program: "utxoracle-live", version, chain, topics: Object.keys(endpoints) },
    });
    exitCode = ExitCode.failed;
    log.info({ file: path, endpoints }, "recording; SIGINT or SIGTERM ends it");
    const pauses = new OwnPauses(machineClocks.monotonic);
    const beats = setInterval(() => pauses.beat(), BEAT_MS).unref();
    try {
      const feed = openZmq({
        endpoints,
        signal,
        ...feedBudgets,
        onEvent: recordingEvents(log, () => pauses.recent),
      });
      for await (const message of feed) await writer.write(message);
    } finally {
      clearInterval(beats);
      await writer.close();
      log.info({ file: path, messages: writer.status().messages, bytes: writer.status().fileBytes }, "recording ended");
    }
  } catch (error) {
    if (error instanceof CaptureError) {
      const message =
        error.code === "exists" ? `${path}: the file exists: name another one, or remove it` : error.message;
      throw new UserError(`record: ${message}`, exitCode, { cause: error });
    }
    throw error;
  }
}
