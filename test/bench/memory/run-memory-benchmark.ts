import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { linearParameters } from '#gpu-worker/language-model/linear-parameters.ts';
import { openModel } from '#gpu-worker/language-model/open-model.ts';
import type { Precision } from '#gpu-worker/scoring/scoring-engine.ts';
import type { MemoryRequest, MemorySetup, MemoryStep } from '#test/bench/memory/memory-side.ts';
import { startSide } from '#test/bench/side-process.ts';

export interface MemoryBenchmarkOptions {
  readonly modelPath: string;
  /** For converted weights; what is there already is not converted again, and the conversion then shows nothing. */
  readonly cacheFolder: string;
  readonly precision: Precision;
  /** One engine after the other, each with so many threads. */
  readonly threads: readonly number[];
  readonly onProgress: (sentence: string) => void;
}

export interface MemoryBenchmarkResult {
  readonly precision: Precision;
  readonly modelBytes: number;
  /** Bytes of the linear layers in int8, by which the bound of the conversion goes. */
  readonly int8Bytes: number;
  /** 1.3 × `int8Bytes` + 500 MB. */
  readonly conversionBoundBytes: number;
  readonly parts: readonly { readonly name: string; readonly steps: readonly MemoryStep[] }[];
}

const side = new URL('./memory-side.ts', import.meta.url);

/** Conversion, sessions, kept prefixes and engines, each in a process of its own, so that none is measured in what another left. */
export async function runMemoryBenchmark(options: MemoryBenchmarkOptions): Promise<MemoryBenchmarkResult> {
  const { modelPath, precision, threads, cacheFolder, onProgress } = options;
  const parts: { name: string; steps: MemoryStep[] }[] = [];
  const setup: MemorySetup = { modelPath, cacheFolder, precision };
  const requests: [string, MemoryRequest][] = [
    ['conversion', { kind: 'convert' }],
    ['sessions', { kind: 'sessions' }],
    ['kept prefixes', { kind: 'prefixes' }],
    ...threads.map((count): [string, MemoryRequest] => [
      `engine, ${count} thread${count === 1 ? '' : 's'}`,
      { kind: 'serve', threads: count },
    ]),
  ];
  for (const [name, request] of requests) {
    onProgress(name);
    const process = await startSide<MemorySetup, MemoryRequest, MemoryStep[]>(side, setup);
    try {
      parts.push({ name, steps: await process.ask(request) });
    } finally {
      process.stop();
    }
  }
  const int8Bytes = countInt8Bytes(modelPath);
  return {
    precision,
    modelBytes: sizeOnDisk(modelPath),
    int8Bytes,
    conversionBoundBytes: Math.round(1.3 * int8Bytes + 500e6),
    parts,
  };
}

function countInt8Bytes(modelPath: string): number {
  const model = openModel(modelPath);
  try {
    return linearParameters(model.config);
  } finally {
    model.close();
  }
}

function sizeOnDisk(path: string): number {
  if (!existsSync(path) || !statSync(path).isDirectory()) return statSync(path).size;
  return readdirSync(path).reduce((sum, name) => sum + statSync(join(path, name)).size, 0);
}
