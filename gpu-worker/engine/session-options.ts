import type { InferenceSession } from 'onnxruntime-node';
import type { ExecutionDevice } from '#gpu-worker/engine/execution-device.ts';

/**
 * What a session does with its weights: `repack` copies them into the kernels' own order, `map` reads them from the file, where all
 * sessions share them. Mapped, the fp32 default model takes 170 MB of its own instead of 700 and runs about a quarter slower.
 */
export type SessionMemory = 'repack' | 'map';

/** The options that every session of the product has. */
export function sessionOptions(memory: SessionMemory, device: ExecutionDevice) {
  return {
    // What CUDA has no kernel for runs on the CPU.
    executionProviders: device === 'cuda' ? ['cuda', 'cpu'] : ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // Causal masking makes softmax produce denormals, which cost a factor of 2 to 6 on x86.
    extra: {
      session: {
        set_denormal_as_zero: '1',
        intra_op: { allow_spinning: '0' },
        disable_prepacking: memory === 'map' ? '1' : '0',
      },
    },
    logSeverityLevel: 3,
  } as const satisfies InferenceSession.SessionOptions;
}
