const WAIT_MS = 20_000;
const PAUSE_MS = 50;

/** Polls until the result is truthy, because there is no event for a change of the page. */
export async function waitUntil(what: string, ask: () => Promise<unknown>, timeoutMs: number = WAIT_MS): Promise<void> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    if (await ask()) return;
    if (performance.now() > end) throw new Error(`not true within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
