import { gradientName } from '#gpu-worker/autodiff/build-gradient-graph.ts';
import { type Feeds, ModelSession } from '#gpu-worker/engine/model-session.ts';
import { serialiseGraph } from '#gpu-worker/onnx/serialise-graph.ts';
import { buildHintGraph, type HintGraphKind } from '#gpu-worker/q-peft/build-hint-graph.ts';
import { adapterInputs, hintFeeds, matrixFeed, rowIds } from '#gpu-worker/q-peft/hint-feeds.ts';
import type { HintInput } from '#gpu-worker/q-peft/hint-input.ts';
import type { RowSource } from '#gpu-worker/q-peft/row-source.ts';
import { type AdapterGradient, addDense, addRows } from '#gpu-worker/training/gradients/adapter-gradient.ts';
import { buildHintGradientGraph } from '#gpu-worker/training/hints/build-hint-gradient-graph.ts';
import type { TrainedAdapter } from '#gpu-worker/training/optimiser/trained-adapter.ts';

/** The query-dependent module under training: hints forward, gradients of its parameters backward. */
export class HintModule {
  readonly #kind: HintGraphKind;
  readonly #width: number;
  readonly #frozen: RowSource;
  readonly #forward: ModelSession;
  readonly #backward: ModelSession;

  private constructor(
    kind: HintGraphKind,
    width: number,
    frozen: RowSource,
    forward: ModelSession,
    backward: ModelSession,
  ) {
    this.#kind = kind;
    this.#width = width;
    this.#frozen = frozen;
    this.#forward = forward;
    this.#backward = backward;
  }

  /** @param frozen the table E, for the keys of the attending method */
  static async open(kind: HintGraphKind, width: number, frozen: RowSource): Promise<HintModule> {
    const forward = await ModelSession.open(serialiseGraph(buildHintGraph(kind, width)));
    const backward = await ModelSession.open(serialiseGraph(buildHintGradientGraph(kind, width)));
    return new HintModule(kind, width, frozen, forward, backward);
  }

  /** H, float32 [rows, D]. */
  async forward(input: HintInput, adapter: TrainedAdapter): Promise<Float32Array> {
    const { hints } = await this.#forward.run(this.#feeds(input, adapter), ['hints']);
    if (hints === undefined) throw new Error('the hint graph returned nothing');
    return hints;
  }

  /** Adds dL/d(parameters) to `gradient`, from dL/dH float32 [rows, D]. */
  async backward(
    input: HintInput,
    adapter: TrainedAdapter,
    hintsGradient: Float32Array,
    gradient: AdapterGradient,
  ): Promise<void> {
    const { dense, rows } = adapterInputs(this.#kind.method);
    const feeds = {
      ...this.#feeds(input, adapter),
      [gradientName('hints')]: matrixFeed(hintsGradient, this.#width),
    };
    const results = await this.#backward.run(feeds, [...dense, ...rows].map(gradientName));
    const resultOf = (name: string): Float32Array => {
      const values = results[gradientName(name)];
      if (values === undefined) throw new Error(`the hint graph returned no gradient of "${name}"`);
      return values;
    };
    for (const name of dense) {
      const values = resultOf(name);
      // A bias on all keys shifts every score of a query alike, which softmax ignores: the true gradient is zero, and Adam would make
      // whole steps of its rounding noise.
      if (name === 'attention.in.bias') values.fill(0, this.#width, 2 * this.#width);
      addDense(gradient, name, values);
    }
    for (const name of rows) {
      const ids = rowIds(input, name);
      if (ids.length > 0) addRows(gradient, ids, resultOf(name));
    }
  }

  async close(): Promise<void> {
    await this.#forward.close();
    await this.#backward.close();
  }

  #feeds(input: HintInput, adapter: TrainedAdapter): Feeds {
    return hintFeeds(this.#kind, this.#width, input, adapter, this.#frozen);
  }
}
