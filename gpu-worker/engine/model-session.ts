import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ExecutionDevice } from '#gpu-worker/engine/execution-device.ts';
import { type SessionMemory, sessionOptions } from '#gpu-worker/engine/session-options.ts';

/** A tensor that enters a session. Data is row-major; int64 is BigInt64Array, float16 its bits. */
export interface SessionTensor {
  readonly type: 'float32' | 'float16' | 'int64';
  readonly shape: readonly number[];
  readonly data: Float32Array | Uint16Array | BigInt64Array;
}

export type Feeds = Readonly<Record<string, SessionTensor>>;

export interface SessionSettings {
  /** Default: `repack`. */
  readonly memory?: SessionMemory;
  /** Default: the CPU. */
  readonly device?: ExecutionDevice;
}

/**
 * One onnxruntime session of one thread. `run` holds the calling thread until it is done (1.30 runs synchronously), so
 * sessions live in worker threads only.
 */
export class ModelSession {
  readonly #session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  /** @param source path of a `.onnx` file (its weights file beside it), or the bytes of a graph without external weights */
  static async open(
    source: string | Uint8Array,
    { memory = 'repack', device = 'cpu' }: SessionSettings = {},
  ): Promise<ModelSession> {
    const options = sessionOptions(memory, device);
    const session =
      typeof source === 'string'
        ? await InferenceSession.create(source, options)
        : await InferenceSession.create(source, options);
    return new ModelSession(session);
  }

  /** Runs the graph and returns the float32 outputs that are named. */
  async run(feeds: Feeds, outputs: readonly string[]): Promise<Record<string, Float32Array>> {
    const results = await this.#session.run(toTensors(feeds), [...outputs]);
    const data: Record<string, Float32Array> = {};
    for (const name of outputs) {
      const values = results[name]?.data;
      if (!(values instanceof Float32Array)) throw new Error(`the graph's output "${name}" is not float32`);
      data[name] = values;
    }
    return data;
  }

  /** Runs the graph and writes the outputs that are named into memory of the caller's, float16 as bits. Nothing is left to the garbage collector. */
  async runInto(feeds: Feeds, outputs: Feeds): Promise<void> {
    await this.#session.run(toTensors(feeds), toTensors(outputs));
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}

function toTensors(feeds: Feeds): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, toTensor(tensor)]));
}

function toTensor({ type, data, shape }: SessionTensor): Tensor {
  if (data instanceof Float32Array) return new Tensor('float32', data, shape);
  if (data instanceof BigInt64Array) return new Tensor('int64', data, shape);
  if (type !== 'float16') throw new Error(`a tensor of ${type} cannot hold 16-bit integers`);
  const tensor = new Tensor('float16', data, shape);
  // Where the runtime has Float16Array, the library makes one of the bits; its native part (1.30) takes Uint16Array alone.
  Object.defineProperty(tensor, 'data', { value: data });
  return tensor;
}
