const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2}(?:\.\d+)?))?)?\s*(Z|UTC|[+-]00:?00)?$/;
/** 2001 and 2128: a number outside is not a time in that unit. */
const EARLIEST = 1e9;
const LATEST = 5e9;

/**
 * A time in Unix seconds: seconds, milliseconds or microseconds, or an ISO time in UTC. Null if it
 * is none.
 */
export function timeOfCell(cell: string): number | null {
  if (/^\d+(\.\d+)?$/.test(cell)) {
    for (const unit of [1, 1e3, 1e6]) {
      const seconds = Number(cell) / unit;
      if (seconds >= EARLIEST && seconds < LATEST) return seconds;
    }
    return null;
  }
  const match = ISO.exec(cell);
  if (match === null) return null;
  const [, day, minute = "00:00", second = "00"] = match;
  const milliseconds = Date.parse(`${day}T${minute}:${second}Z`);
  return Number.isFinite(milliseconds) ? milliseconds / 1000 : null;
}
