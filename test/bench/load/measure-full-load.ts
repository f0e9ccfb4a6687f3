import { setTimeout as delay } from 'node:timers/promises';
import { seededRandom } from '#gpu-worker/training/seeded-random.ts';
import type { LoadTexts } from '#test/bench/load/load-texts.ts';
import type { EventLoopLag, WorkerClient } from '#test/bench/load/worker-client.ts';
import { type MemorySample, type MemorySlope, memorySlope } from '#test/bench/report/memory-slope.ts';

export interface FullLoadResult {
  readonly seconds: number;
  readonly callers: number;
  readonly requests: number;
  readonly documents: number;
  /** Of the worker's main thread, over the whole time. */
  readonly lag: EventLoopLag;
  readonly memory: readonly MemorySample[];
  readonly slope: MemorySlope | null;
}

export interface FullLoadOptions {
  readonly client: WorkerClient;
  readonly texts: LoadTexts;
  readonly seconds: number;
  /** Each with one request at a time. */
  readonly callers: number;
  /** Documents of one request: 1 to this many. */
  readonly documentsMax: number;
  /** Seconds between looks at the memory. */
  readonly sampleSeconds: number;
}

const tenants = 8;

/** Documents that come again and again; the others are new. */
const familiarDocuments = 200;

/** Callers that never pause, with requests of any size, half of their documents seen before, for `seconds` and until one is answered. */
export async function measureFullLoad({
  client,
  texts,
  seconds,
  callers,
  documentsMax,
  sampleSeconds,
}: FullLoadOptions): Promise<FullLoadResult> {
  const familiar = texts.unseen(familiarDocuments);
  const ended = new AbortController();
  const sent = { requests: 0, documents: 0 };
  const call = async (caller: number) => {
    const random = seededRandom(caller, 'load', 0);
    while (!ended.signal.aborted) {
      const count = 1 + random.integer(documentsMax);
      const known = Array.from({ length: count >> 1 }, () => familiar[random.integer(familiar.length)] ?? '');
      const documents = [...known, ...texts.unseen(count - known.length)];
      const query = texts.query(random.integer(1_000));
      await client.score({ tenant: `tenant-${caller % tenants}`, query, documents });
      sent.requests += 1;
      sent.documents += count;
    }
  };
  await client.eventLoopLag();
  const startedAtMs = performance.now();
  const passed = () => (performance.now() - startedAtMs) / 1_000;
  const load = Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)));
  const memory: MemorySample[] = [];
  const watch = async () => {
    while ((passed() < seconds || sent.requests === 0) && !ended.signal.aborted) {
      memory.push({ seconds: passed(), residentBytes: (await client.info()).residentBytes });
      await delay(sampleSeconds * 1_000, null, { signal: ended.signal }).catch(() => null);
    }
  };
  try {
    // Whatever breaks the load ends the measurement.
    await Promise.race([watch(), load]);
    const lag = await client.eventLoopLag();
    const measured = { seconds: passed(), callers, ...sent };
    return { ...measured, lag, memory, slope: memorySlope(memory) };
  } finally {
    ended.abort();
    await load.catch(() => undefined);
  }
}
