import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { listSupportedBackends } from 'onnxruntime-node';
import { ModelSession } from '#gpu-worker/engine/model-session.ts';
import { GraphBuilder } from '#gpu-worker/onnx/graph-builder.ts';
import { serialiseGraph } from '#gpu-worker/onnx/serialise-graph.ts';

/** Loaded by the runtime when a session asks for CUDA. */
const providerLibrary = 'libonnxruntime_providers_cuda.so';

/**
 * Why sessions cannot run on CUDA here, as the end of a sentence; null where one could be opened. The runtime lists CUDA wherever it was compiled in, also
 * without libraries, driver or device, so that only a session tells.
 */
export async function findCudaFault(): Promise<string | null> {
  const platform = `${process.platform}-${process.arch}`;
  if (!listSupportedBackends().some(({ name }) => name === 'cuda'))
    return `onnxruntime-node has no CUDA for ${platform}`;
  const packageFolder = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  const library = join(packageFolder, 'bin', 'napi-v6', process.platform, process.arch, providerLibrary);
  if (!existsSync(library)) return `${providerLibrary} is not installed`;
  try {
    const session = await ModelSession.open(probeGraph(), { device: 'cuda' });
    await session.close();
    return null;
  } catch (error) {
    return `no session can be opened on it (${error instanceof Error ? error.message.trim().split('\n', 1)[0] : error})`;
  }
}

/** The smallest graph with work in it. */
function probeGraph(): Uint8Array {
  const builder = new GraphBuilder('probe');
  const x = builder.input('x', 'float32', [1]);
  builder.output(builder.node('/Add', 'Add', [x, x], {}, 'y'), 'float32', [1]);
  return serialiseGraph(builder.build());
}
