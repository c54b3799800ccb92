/**
 * Storage may be blocked (private windows, frames): then a choice lasts until the page closes.
 */
export function savedChoice(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function saveChoice(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Blocked as above.
  }
}
