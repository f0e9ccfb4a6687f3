import { parseServerTiming } from '#edge/playground/latency/parse-server-timing.ts';

/** A share of the time that one request took. */
export interface LatencyPart {
  readonly id: 'network' | 'edge' | 'queue' | 'tokenize' | 'prefix' | 'hints' | 'suffix' | 'other';
  readonly label: string;
  /** Milliseconds, at least 0. */
  readonly ms: number;
  readonly note: string;
}

/** Name in Server-Timing → what it is, in the order in which a worker does them. */
const workerStages = [
  { id: 'queue', label: 'Queue', note: 'waiting for the worker' },
  { id: 'tokenize', label: 'Tokens', note: 'cutting texts into tokens' },
  { id: 'prefix', label: 'Documents', note: 'the model reads the documents' },
  { id: 'hints', label: 'Hints', note: 'the adapter’s hints' },
  { id: 'suffix', label: 'Query', note: 'the model reads the query' },
] as const;

/** Where the time of a request went; the parts add up to `roundTripMs`. Nothing of a worker where all scores were kept ones. */
export function splitLatency(serverTiming: string, roundTripMs: number): LatencyPart[] {
  const entries = new Map(parseServerTiming(serverTiming).map((entry) => [entry.name, entry]));
  const msOf = (name: string) => entries.get(name)?.ms ?? 0;
  const total = Math.min(msOf('total'), roundTripMs);
  const worker = Math.min(msOf('worker'), total);
  // Stages are the work of all threads and the wait of the last document: together they can be more than the time that passed.
  const work = workerStages.reduce((sum, { id }) => sum + msOf(`worker-${id}`), 0);
  const share = work > worker ? worker / work : 1;
  const stages = workerStages.map(({ id, label, note }) => {
    const description = entries.get(`worker-${id}`)?.description;
    return {
      id,
      label,
      ms: msOf(`worker-${id}`) * share,
      note: description === undefined ? note : `${note}; ${description}`,
    };
  });
  const other = Math.max(0, worker - work);
  const parts: LatencyPart[] = [
    { id: 'network', label: 'Network', ms: roundTripMs - total, note: 'between this page and the edge' },
    {
      id: 'edge',
      label: 'Edge',
      ms: total - worker,
      note: 'key, limits, cache, calling workers; with Explain also the calls that explain',
    },
    ...stages,
    { id: 'other', label: 'Worker, other', ms: other, note: 'what the worker does besides' },
  ];
  return parts.filter(({ ms }) => ms > 0);
}
