/**
 * Applies `map` to the items of `source`, at most `concurrency` at a time, and yields the results in the order of the items.
 * Takes a further item only when a result is taken, so that neither side can run away from the other. The first failure, in order, ends it;
 * what still runs then is left to end by itself, its failure unheard.
 */
export async function* mapInOrder<T, R>(
  source: AsyncIterable<T> | Iterable<T>,
  concurrency: number,
  map: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const running: Promise<R>[] = [];
  for await (const item of source) {
    const result = map(item);
    result.catch(() => undefined);
    running.push(result);
    if (running.length < concurrency) continue;
    const first = running.shift();
    if (first !== undefined) yield await first;
  }
  for (const result of running) yield await result;
}
