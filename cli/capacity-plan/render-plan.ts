import type { HardwareProfile } from '#cli/capacity-plan/hardware/hardware-profile.ts';
import type { CapacityNeeds, CapacityPlan, LoadPoint } from '#cli/capacity-plan/planning/plan-capacity.ts';

/** Part of a machine's memory that a worker keeps prefixes in where nothing else is set. */
const prefixShareDefault = 0.25;

/** The plan for people at a terminal. */
export function renderPlan(plan: CapacityPlan, needs: CapacityNeeds): string {
  const { hardware } = needs;
  const { model, threads } = hardware;
  const { workers, spare, documentsPerSecondOfWorker } = plan;
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['Hardware', [`${hardware.name}: ${model.name}, ${model.precision}, ${count(threads, 'thread')} a worker`]],
    ['Load', describeLoad(plan, needs)],
    ['Workers', [spare === 0 ? String(workers) : `${workers} for the load, ${workers + spare} with ${spare} spare`]],
    ['Capacity', [`${short(documentsPerSecondOfWorker)} documents/s a worker`]],
    ['Latency', latencyTable(plan)],
    ['Memory', describeMemory(plan, needs)],
    [
      'Cost',
      [
        `${plan.costPerMillionDocuments.toFixed(2)} per million documents, at ${hardware.pricePerHour} an hour a worker`,
      ],
    ],
  ];
  const lines = rows.flatMap(([name, texts]) =>
    texts.map((text, line) => `${(line === 0 ? name : '').padEnd(10)}${text}`),
  );
  return `${lines.join('\n')}\n`;
}

function describeLoad({ load }: CapacityPlan, { workload, scoreCacheRate }: CapacityNeeds): string[] {
  const { requestsPerSecond, documentsPerRequest, documentTokens, queryTokens, hitRate, adapterShare } = workload;
  const rate = `${short(load.documentsPerSecond)} documents/s: ${short(requestsPerSecond)} requests/s of ${documentsPerRequest.join(', ')} documents`;
  const texts = `documents of ${documentTokens.join(', ')} tokens, ${percent(hitRate)} of them kept; queries of ${queryTokens.join(', ')} tokens, ${percent(adapterShare)} with an adapter`;
  const cached = `beside them ${percent(scoreCacheRate)} of all requests, which the score cache answers`;
  return [rate, texts, ...(scoreCacheRate > 0 ? [cached] : [])];
}

function latencyTable({ load, others }: CapacityPlan): string[] {
  const row = (cells: readonly string[]) => cells.map((cell, column) => cell.padStart(column === 0 ? 6 : 13)).join('');
  const line = (point: LoadPoint) =>
    row([
      percent(point.share),
      short(point.documentsPerSecond),
      ...[point.p50Ms, point.p95Ms, point.p99Ms].map((value) =>
        value === Number.POSITIVE_INFINITY ? 'no end' : value.toFixed(0),
      ),
    ]);
  return [row(['load', 'documents/s', 'p50 ms', 'p95 ms', 'p99 ms']), `${line(load)}  as asked`, ...others.map(line)];
}

function describeMemory({ memory, workers }: CapacityPlan, { hotDocuments, hardware }: CapacityNeeds): string[] {
  const { fixedBytes, documentBytes, prefixBytesMax } = memory;
  const budget = prefixBudget({ memory, workers, hotDocuments, hardware });
  const kept = Math.floor(budget / documentBytes);
  return [
    `${gigabytes(fixedBytes)} GB a worker beside kept prefixes, of ${gigabytes(hardware.memory.machine)}`,
    `${gigabytes(budget)} GB a worker keep ${kept} documents of ${(documentBytes / 1e6).toFixed(1)} MB (GPU_WORKER_PREFIX_CACHE_BYTES=${budget}; at most ${prefixBytesMax})`,
  ];
}

interface PrefixBudget {
  readonly memory: CapacityPlan['memory'];
  readonly workers: number;
  readonly hotDocuments: number | null;
  readonly hardware: HardwareProfile;
}

/** Bytes that a worker should keep prefixes in: for its part of the hot documents, or a worker's own default. */
export function prefixBudget({ memory, workers, hotDocuments, hardware }: PrefixBudget): number {
  const wanted =
    hotDocuments === null
      ? Math.floor(hardware.memory.machine * prefixShareDefault)
      : Math.ceil(hotDocuments / workers) * memory.documentBytes;
  return Math.min(memory.prefixBytesMax, wanted);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function percent(part: number): string {
  return `${(part * 100).toFixed(0)} %`;
}

/** Three digits where there are decimals. */
function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(2);
}
