import { basename, extname } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { sessionOptions } from '#gpu-worker/engine/session-options.ts';

/** Smaller tensors stay inside the graph's file. */
const externalBytesMin = 1_024;

/**
 * Writes a graph as the runtime has optimised it, its weights beside it (`NAME.bin`) also in the order that this processor's kernels want. Sessions of the
 * result map them instead of packing copies: as fast, with the same bits, and in memory once. Takes as much memory as one session with weights of its own.
 * On another processor the result is still right, but sessions pack for themselves there.
 *
 * @param source path of a `.onnx` file, for the CPU
 * @param target a path that ends in `.onnx`
 */
export async function writePackedGraph(source: string, target: string): Promise<void> {
  const options = sessionOptions('repack', 'cpu');
  const session = await InferenceSession.create(source, {
    ...options,
    optimizedModelFilePath: target,
    extra: {
      session: {
        ...options.extra.session,
        save_external_prepacked_constant_initializers: '1',
        optimized_model_external_initializers_file_name: `${basename(target, extname(target))}.bin`,
        optimized_model_external_initializers_min_size_in_bytes: String(externalBytesMin),
      },
    },
  });
  await session.release();
}
