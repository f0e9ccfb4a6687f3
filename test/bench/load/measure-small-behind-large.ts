import { setTimeout as delay } from 'node:timers/promises';
import type { LoadTexts } from '#test/bench/load/load-texts.ts';
import type { WorkerClient } from '#test/bench/load/worker-client.ts';

export interface SmallBehindLarge {
  readonly largeDocuments: number;
  /** One of each a repetition. */
  readonly largeMs: readonly number[];
  readonly smallMs: readonly number[];
}

export interface SmallBehindLargeOptions {
  readonly client: WorkerClient;
  readonly texts: LoadTexts;
  readonly largeDocuments: number;
  readonly repetitions: number;
}

const pollMs = 5;

/** A request of many new documents, and behind it, when it is waiting already, one of a single new document of another tenant. */
export async function measureSmallBehindLarge({
  client,
  texts,
  largeDocuments,
  repetitions,
}: SmallBehindLargeOptions): Promise<SmallBehindLarge> {
  const largeMs: number[] = [];
  const smallMs: number[] = [];
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    const query = texts.query(repetition);
    const large = client.score({ tenant: 'large', query, documents: texts.unseen(largeDocuments) });
    // Awaited below; until then, a failure is not unhandled.
    large.catch(() => undefined);
    let answered = false;
    const mark = () => {
      answered = true;
    };
    void large.then(mark, mark);
    while (!answered && (await client.info()).queueLength === 0) await delay(pollMs);
    smallMs.push(await client.score({ tenant: 'small', query, documents: texts.unseen(1) }));
    largeMs.push(await large);
  }
  return { largeDocuments, largeMs, smallMs };
}
