import { type DestinationStream, destination, type Level, type Logger, pino, stdTimeFunctions } from "pino";
import { prettyFactory } from "pino-pretty";
import { redactFields, redactText } from "./redact.ts";

export type { Logger } from "pino";

export interface LoggerOptions {
  /** `json` for machines, `pretty` for a terminal. */
  readonly format: "json" | "pretty";
  /** Least level that is written. */
  readonly level: Level;
  /** Where the lines go, default stderr: stdout is for data. */
  readonly stream?: DestinationStream;
}

const STDERR = 2;

/**
 * The service's log: one line per event that an operator cares about, nothing per transaction. Passwords, cookies, tokens
 * and credentials in URLs never reach it, whoever logs them.
 */
export function createLogger({ format, level, stream }: LoggerOptions): Logger {
  // Written at once: the line that tells why the process ended is the one that matters most.
  const target = stream ?? destination({ dest: STDERR, sync: true });
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => redactFields(fields),
      },
      // An error given alone becomes a field like any other, and is redacted there.
      serializers: { err: (error: unknown) => error },
      // The finished line once more: an error logged alone lends it its message.
      hooks: { streamWrite: redactText },
    },
    format === "json" ? target : prettyStream(target, stream === undefined && process.stderr.isTTY === true),
  );
}

/** Turns each line into the form for people and writes it on at once. */
function prettyStream(target: DestinationStream, colorize: boolean): DestinationStream {
  const prettify = prettyFactory({ colorize, translateTime: "SYS:HH:MM:ss", singleLine: true });
  return { write: (line) => target.write(prettify(line)) };
}
