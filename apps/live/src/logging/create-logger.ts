import { type DestinationStream, destination, type Level, type Logger, pino, stdTimeFunctions } from "pino";
import { prettyFactory } from "pino-pretty";
import { logFields, logText } from "./log-fields.ts";

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
 * The service's log: one line per event that an operator cares about, nothing per transaction. Passwords and tokens are
 * {@link Secret}s, which cannot be printed, and texts from outside are cut.
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
        log: (fields) => logFields(fields),
      },
      // An error becomes a field like any other.
      serializers: { err: (error: unknown) => error },
      hooks: {
        logMethod(words, write) {
          const [first, ...others] = words as unknown[];
          const all = first instanceof Error && others.length === 0 ? [{ err: first }, first.message] : words;
          write.apply(this, all.map((word) => (typeof word === "string" ? logText(word) : word)) as typeof words);
        },
      },
    },
    format === "json" ? target : prettyStream(target, stream === undefined && process.stderr.isTTY === true),
  );
}

/** Turns each line into the form for people and writes it on at once. */
function prettyStream(target: DestinationStream, colorize: boolean): DestinationStream {
  const prettify = prettyFactory({ colorize, translateTime: "SYS:HH:MM:ss", singleLine: true });
  return { write: (line) => target.write(prettify(line)) };
}
