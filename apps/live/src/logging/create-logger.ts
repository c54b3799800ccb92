import { type DestinationStream, type Level, type Logger, pino, stdTimeFunctions } from "pino";
import { prettyFactory } from "pino-pretty";
import { LineWriter, stderrLines } from "./line-writer.ts";
import { logFields, logText } from "./log-fields.ts";
import { logLine } from "./log-line.ts";

export type { Logger } from "pino";

export interface LoggerOptions {
  /** `json` for machines, `pretty` for a terminal. */
  readonly format: "json" | "pretty";
  /** Minimum level. */
  readonly level: Level;
  /** Default stderr: stdout is for data. */
  readonly stream?: DestinationStream;
}

/**
 * Creates the log: one line per event that matters to an operator, none per transaction. Passwords
 * and tokens cannot appear, because they are {@link Secret}s. Long texts are truncated.
 */
export function createLogger({ format, level, stream = stderrLines() }: LoggerOptions): Logger {
  const formatted = format === "json" ? stream : prettyStream(stream);
  const target: DestinationStream = {
    write: (line) => {
      formatted.write(line);
      const lost = stream instanceof LineWriter ? stream.takeLost() : 0;
      if (lost > 0) logLine(logger, "log lines lost", { lost_lines: lost });
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
      // logFields formats errors; replaces pino's own serializer.
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

/** Formats lines for a terminal and writes them synchronously. */
function prettyStream(target: DestinationStream): DestinationStream {
  const colorize = target instanceof LineWriter && process.stderr.isTTY === true;
  const prettify = prettyFactory({ colorize, translateTime: "SYS:HH:MM:ss", singleLine: true });
  return { write: (line) => target.write(prettify(line)) };
}
