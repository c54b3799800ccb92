const DAY_SECONDS = 86_400;

/** Start of a UTC day such as `2024-02-29`, Unix seconds. */
export function startOfDay(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / 1000;
}

/** End of a UTC day: the first second of the next day. */
export function endOfDay(day: string): number {
  return startOfDay(day) + DAY_SECONDS;
}

/** The UTC day of a time in Unix seconds. */
export function dayOf(time: number): string {
  return new Date(time * 1000).toISOString().slice(0, 10);
}

/** The days from `first` to `last`, both included. */
export function daysBetween(first: string, last: string): string[] {
  const days: string[] = [];
  for (let time = startOfDay(first); time <= startOfDay(last); time += DAY_SECONDS) days.push(dayOf(time));
  return days;
}

/** Formats Unix seconds as `2024-01-06 13:05`, UTC. */
export function isoMinute(time: number): string {
  return new Date(time * 1000).toISOString().slice(0, 16).replace("T", " ");
}
