/**
 * Works on several items at once and gives the results in the items' order. Takes an item only when one of the `atOnce`
 * places is free, so neither items nor results pile up before a slow consumer. The first failure ends it.
 */
export async function* ordered<Item, Result>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<Result>,
  atOnce: number,
): AsyncGenerator<Result, void, undefined> {
  const running: Promise<Result>[] = [];
  const iterator = items[Symbol.iterator]();
  const begin = (): void => {
    const { done, value } = iterator.next();
    if (done === true) return;
    const result = work(value);
    // Whoever awaits it sees the failure; until then it must not count as unhandled.
    result.catch(() => {});
    running.push(result);
  };
  while (running.length < atOnce) {
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
