import { InferenceSession, Tensor } from 'onnxruntime-node';

/** A tensor that enters or leaves a session. Data is row-major; int64 is BigInt64Array. */
export interface SessionTensor {
  readonly type: 'float32' | 'int64';
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

export type Feeds = Readonly<Record<string, SessionTensor>>;

/**
 * What a session does with its weights: `repack` copies them into the kernels' own order, `map` reads them from the file, where all
 * sessions share them. Mapped, the fp32 default model takes 170 MB of its own instead of 700 and runs about a quarter slower.
 */
export type SessionMemory = 'repack' | 'map';

/**
 * One onnxruntime session of one thread on the CPU. `run` holds the calling thread until it is done (1.30 runs synchronously), so
 * sessions live in worker threads only.
 */
export class ModelSession {
  readonly #session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  /** @param source path of a `.onnx` file (its weights file beside it), or the bytes of a graph without external weights */
  static async open(source: string | Uint8Array, memory: SessionMemory = 'repack'): Promise<ModelSession> {
    const options: InferenceSession.SessionOptions = {
      executionProviders: ['cpu'],
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
    };
    const session =
      typeof source === 'string'
        ? await InferenceSession.create(source, options)
        : await InferenceSession.create(source, options);
    return new ModelSession(session);
  }

  /** Runs the graph and returns the float32 outputs that are named. */
  async run(feeds: Feeds, outputs: readonly string[]): Promise<Record<string, Float32Array>> {
    const inputs: Record<string, Tensor> = {};
    for (const [name, tensor] of Object.entries(feeds)) inputs[name] = toTensor(tensor);
    const results = await this.#session.run(inputs, [...outputs]);
    const data: Record<string, Float32Array> = {};
    for (const name of outputs) {
      const values = results[name]?.data;
      if (!(values instanceof Float32Array)) throw new Error(`the graph's output "${name}" is not float32`);
      data[name] = values;
    }
    return data;
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}

function toTensor(tensor: SessionTensor): Tensor {
  return tensor.data instanceof Float32Array
    ? new Tensor('float32', tensor.data, tensor.shape)
    : new Tensor('int64', tensor.data, tensor.shape);
}
