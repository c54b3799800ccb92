import type { Logger } from "./create-logger.ts";
import { type LogMessage, logMessages } from "./log-messages.ts";

/**
 * Writes a line with a message of the vocabulary at its level.
 * @param detail follows the message after a colon.
 */
export function logLine(log: Logger, message: LogMessage, fields: object = {}, detail?: string): void {
  log[logMessages[message].level](fields, detail === undefined ? message : `${message}: ${detail}`);
}

/** The number of suppressed lines as a field; none for 0. */
export const suppressedField = (count: number): { readonly also_since_last_line?: number } =>
  count === 0 ? {} : { also_since_last_line: count };
