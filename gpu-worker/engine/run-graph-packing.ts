import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const entry = new URL('./pack-graph-process.ts', import.meta.url);

/**
 * Packs a graph (write-packed-graph.ts) in a process of its own: what the packing takes, as much as the weights, the allocator would keep for the life of
 * this one. Rejects with what the process wrote to standard error.
 */
export async function runGraphPacking(source: string, target: string): Promise<void> {
  await promisify(execFile)(process.execPath, [fileURLToPath(entry), source, target]);
}
