import type { LoadTexts } from '#test/bench/load/load-texts.ts';
import type { WorkerClient } from '#test/bench/load/worker-client.ts';
import { median } from '#test/bench/median.ts';

export interface ThroughputPoint {
  /** Callers, each with one request at a time. */
  readonly concurrency: number;
  /** `cold`: no document was seen before; `warm`: all were, with another query. */
  readonly prefixes: 'cold' | 'warm';
  readonly requests: number;
  readonly documentsPerSecond: number;
  readonly medianMs: number;
}

export interface ThroughputOptions {
  readonly client: WorkerClient;
  readonly texts: LoadTexts;
  readonly concurrency: number;
  readonly documentsPerRequest: number;
  readonly requestsPerCaller: number;
}

/** The same requests twice: with new documents, then with the same ones and other queries. A caller is a tenant. */
export async function measureThroughput(options: ThroughputOptions): Promise<ThroughputPoint[]> {
  const { client, texts, concurrency, documentsPerRequest, requestsPerCaller } = options;
  const documents = Array.from({ length: concurrency }, () =>
    Array.from({ length: requestsPerCaller }, () => texts.unseen(documentsPerRequest)),
  );
  const points: ThroughputPoint[] = [];
  for (const [turn, prefixes] of (['cold', 'warm'] as const).entries()) {
    const startedAtMs = performance.now();
    const times = await Promise.all(
      documents.map(async (requests, caller) => {
        const milliseconds: number[] = [];
        for (const [index, batch] of requests.entries()) {
          const query = texts.query(caller + index + 7 * turn);
          milliseconds.push(await client.score({ tenant: `caller-${caller}`, query, documents: batch }));
        }
        return milliseconds;
      }),
    );
    const seconds = (performance.now() - startedAtMs) / 1_000;
    const all = times.flat();
    const scored = all.length * documentsPerRequest;
    points.push({
      ...{ concurrency, prefixes, requests: all.length },
      ...{ documentsPerSecond: scored / seconds, medianMs: median(all) },
    });
  }
  return points;
}
