import type { HardwareProfile } from '#cli/capacity-plan/hardware/hardware-profile.ts';
import { templateRows } from '#cli/capacity-plan/simulation/batch-work.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

export interface MemoryNeeds {
  readonly hardware: HardwareProfile;
  /** Loaded adapters of a worker. */
  readonly adapters: number;
  /** Mean tokens of a document. */
  readonly documentTokens: number;
  /** Documents of the whole fleet whose prefixes must be kept; null where nothing is said. */
  readonly hotDocuments: number | null;
}

export interface MemoryPlan {
  /** A worker without kept prefixes. */
  readonly fixedBytes: number;
  /** Of a document's keys and values. */
  readonly documentBytes: number;
  /** What kept prefixes may take of a worker at most. */
  readonly prefixBytesMax: number;
  /** Workers that the hot documents need; 1 where nothing is said of them. */
  readonly workersMin: number;
}

/** Part of the machine's memory that is left free. */
const freeShare = 0.1;

/** What an entry of the prefix cache takes beside its numbers. */
export const entryBytes = 16_384;

/** @throws ServiceError `invalid_request` when a worker has no room for what it needs */
export function planMemory({ hardware, adapters, documentTokens, hotDocuments }: MemoryNeeds): MemoryPlan {
  const { memory, threads, model, name } = hardware;
  const fixedBytes = memory.process + memory.weights + threads * memory.thread + adapters * memory.adapter;
  const usable = Math.floor(memory.machine * (1 - freeShare));
  const documentBytes = Math.round((documentTokens + templateRows.prefix) * model.keyValueBytesPerToken + entryBytes);
  const prefixBytesMax = usable - fixedBytes;
  if (prefixBytesMax < documentBytes) {
    const needs = `${gigabytes(fixedBytes)} GB for ${model.name} with ${threads} threads and ${adapters} adapters, and ${gigabytes(documentBytes)} GB for one document`;
    const message = `A worker needs ${needs}; ${name} has ${gigabytes(usable)} GB of ${gigabytes(memory.machine)} to give.`;
    throw new ServiceError('invalid_request', message);
  }
  const workersMin = Math.max(1, Math.ceil(((hotDocuments ?? 0) * documentBytes) / prefixBytesMax));
  return { fixedBytes, documentBytes, prefixBytesMax, workersMin };
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(2);
}
