/**
 * Maps items with up to `concurrency` calls at once and yields the results in item order. Reads an
 * item only when a call is free, so nothing piles up for a slow consumer. The first failure ends
 * it.
 */
export async function* mapConcurrently<Item, Result>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<Result>,
  concurrency: number,
): AsyncGenerator<Result, void, undefined> {
  const running: Promise<Result>[] = [];
  const iterator = items[Symbol.iterator]();
  const begin = (): void => {
    const { done, value } = iterator.next();
    if (done === true) return;
    const result = work(value);
    // Prevents an unhandled rejection until the result is awaited.
    result.catch(() => {});
    running.push(result);
  };
  while (running.length < concurrency) {
    const before = running.length;
    begin();
    if (running.length === before) break;
  }
  try {
    for (let next = running.shift(); next !== undefined; next = running.shift()) {
      const result = await next;
      begin();
      yield result;
    }
  } finally {
    iterator.return?.();
    await Promise.allSettled(running);
  }
}
