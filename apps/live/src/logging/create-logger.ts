import { type DestinationStream, type Level, type Logger, pino, stdTimeFunctions } from "pino";
import { prettyFactory } from "pino-pretty";
import { LineWriter, stderrLines } from "./line-writer.ts";
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

/**
 * The service's log: one line per event that an operator cares about, nothing per transaction. Passwords and tokens are
 * {@link Secret}s, which cannot be printed, and texts from outside are cut.
 */
export function createLogger({ format, level, stream = stderrLines() }: LoggerOptions): Logger {
  const formatted = format === "json" ? stream : prettyStream(stream);
  const target: DestinationStream = {
    write: (line) => {
      formatted.write(line);
      const lost = stream instanceof LineWriter ? stream.takeLost() : 0;
      if (lost > 0) logger.warn({ lost_lines: lost }, "log lines lost: standard error could not be written");
    },
  };
  const logger: Logger = pino(
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
    target,
  );
  return logger;
}

/** Turns each line into the form for people and writes it on at once. */
function prettyStream(target: DestinationStream): DestinationStream {
  const colorize = target instanceof LineWriter && process.stderr.isTTY === true;
  const prettify = prettyFactory({ colorize, translateTime: "SYS:HH:MM:ss", singleLine: true });
  return { write: (line) => target.write(prettify(line)) };
}
