import { createHash, randomUUID } from 'node:crypto';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Graph } from '#gpu-worker/onnx/graph.ts';
import { serialiseGraph } from '#gpu-worker/onnx/serialise-graph.ts';

/**
 * Writes a graph into the folder of its weights file and returns its path. Graphs are generated from the code at every start (0.2 MB); the
 * digest in the name keeps versions apart.
 */
export function writeGraphFile(folder: string, name: string, graph: Graph): string {
  const bytes = serialiseGraph(graph);
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  const path = join(folder, `${name}-${digest}.onnx`);
  if (!existsSync(path)) {
    // Not the process id: two engines of one process prepare in threads that share it.
    const temporary = `${path}.${randomUUID()}.tmp`;
    writeFileSync(temporary, bytes, { flush: true });
    renameSync(temporary, path);
  }
  return path;
}
