/** What went wrong with the bus, in a line: its name and message. */
export function problemText(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
