import type { ModelSession } from '#gpu-worker/engine/model-session.ts';
import { absorbedHintFeeds } from '#gpu-worker/q-peft/absorbed-hint-feeds.ts';
import { absorbsProjections } from '#gpu-worker/q-peft/build-absorbed-hint-graph.ts';
import type { HintGraphKind } from '#gpu-worker/q-peft/build-hint-graph.ts';
import { type HintParameters, hintFeeds } from '#gpu-worker/q-peft/hint-feeds.ts';
import type { HintInput } from '#gpu-worker/q-peft/hint-input.ts';
import type { RowSource } from '#gpu-worker/q-peft/row-source.ts';

/** A graph as a session: a kind of build-hint-graph.ts, or the form of build-absorbed-hint-graph.ts. */
export type ServedHintGraph = HintGraphKind | { readonly method: 'attend-absorbed'; readonly heads: number };

export interface HintRunnerOptions {
  readonly kind: HintGraphKind;
  /** D. */
  readonly width: number;
  readonly open: (graph: ServedHintGraph) => Promise<ModelSession>;
}

/** Runs the hint graphs of one kind of adapter. An attending one has two forms, and a pair's sizes alone say which is run. */
export class HintRunner {
  readonly #options: HintRunnerOptions;

  constructor(options: HintRunnerOptions) {
    this.#options = options;
  }

  /** H, float32 [rows, D]. @param frozen the table E, for the keys of `attend` */
  async run(input: HintInput, parameters: HintParameters, frozen: RowSource): Promise<Float32Array> {
    const { kind, width, open } = this.#options;
    const absorbed = this.#absorbed(input);
    const { hints } =
      absorbed === null
        ? await (await open(kind)).run(hintFeeds(kind, width, input, parameters, frozen), ['hints'])
        : await (await open({ method: 'attend-absorbed', heads: absorbed.heads })).run(
            absorbedHintFeeds(absorbed.heads, width, absorbed.input, parameters, frozen),
            ['hints'],
          );
    if (hints === undefined) throw new Error('the hint graph returned nothing');
    return hints;
  }

  #absorbed(input: HintInput) {
    const { kind, width } = this.#options;
    if (kind.method !== 'attend' || input.method !== 'attend') return null;
    const { heads } = kind;
    const absorbs = absorbsProjections({ heads, width, query: input.query.length, keys: input.keys.length });
    return absorbs ? { heads, input } : null;
  }
}
