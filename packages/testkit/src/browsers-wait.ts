const WAIT_MS = 20_000;
const PAUSE_MS = 50;

/** Asks until the answer is truthy. There is no event for "the page shows it": a reader looks until it does. */
export async function waitUntil(what: string, ask: () => Promise<unknown>, timeoutMs: number = WAIT_MS): Promise<void> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    if (await ask()) return;
    if (performance.now() > end) throw new Error(`not true within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
