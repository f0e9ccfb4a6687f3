import fc from 'fast-check';
import type { AdapterConfig } from '#shared/adapter-file/adapter-config.ts';
import type { AdapterEmbedding, AdapterFile } from '#shared/adapter-file/adapter-file.ts';
import type { Calibration } from '#shared/calibration/calibration.ts';

const finiteFloat = fc.float({ noNaN: true, noDefaultInfinity: true });

/** float32 [count]. */
function floats(count: number): fc.Arbitrary<Float32Array> {
  return fc.array(finiteFloat, { minLength: count, maxLength: count }).map((values) => Float32Array.from(values));
}

function embedding(hiddenSize: number): fc.Arbitrary<AdapterEmbedding> {
  const rows = fc.uniqueArray(fc.nat(1_000), { maxLength: 4 }).chain((ids) =>
    floats(ids.length * hiddenSize).map((values) => ({
      kind: 'rows' as const,
      rows: Int32Array.from(ids).sort(),
      values,
    })),
  );
  const table = fc
    .nat(3)
    .chain((count) => floats(count * hiddenSize).map((values) => ({ kind: 'table' as const, values })));
  return fc.oneof(rows, table);
}

function calibration(digest: fc.Arbitrary<string>): fc.Arbitrary<Calibration> {
  // JSON knows no −0.
  const constant = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => value + 0);
  const constants = {
    intercept: constant,
    meanLogLikelihood: constant,
    queryLogLikelihood: constant,
    lexicalMatch: constant,
  };
  const count = fc.integer({ min: 1, max: 1e6 });
  return fc.record(
    {
      format: fc.constant('hintrank-calibration-1' as const),
      constants: fc.record(constants),
      constantsWithFirstStage: fc.record({ ...constants, firstStageScore: constant }),
      fittedOn: fc.record({
        data: fc.string({ maxLength: 50 }),
        split: fc.constantFrom('train', 'dev'),
        date: fc.constant('2026-11-23'),
        queries: count,
        pairs: count,
        relevantPairs: count,
        maxTokensPerDoc: count,
        precision: fc.constantFrom('fp32' as const, 'int8' as const),
        template: fc.constant('clean-1'),
        modelFingerprint: digest,
      }),
    },
    { requiredKeys: ['format', 'constants', 'fittedOn'] },
  );
}

function config(method: AdapterConfig['method'], heads: number): fc.Arbitrary<AdapterConfig> {
  const digest = fc.stringMatching(/^[0-9a-f]{64}$/);
  const record = fc.constantFrom({ steps: 80, loss: [1.5, 'text'] }, {});
  return fc.record(
    {
      format: fc.constant('hintrank-adapter-1' as const),
      method: fc.constant(method),
      k: fc.integer({ min: 1, max: 1_000 }),
      heads: fc.constant(heads),
      filters: fc.constantFrom('none', 'd', 'dq', 'dqsa', 'a'),
      hintOrder: fc.constantFrom('similarity' as const, 'query' as const, 'document' as const),
      hintChoice: fc.constantFrom('similar' as const, 'random' as const),
      residual: fc.boolean(),
      template: fc.constantFrom('clean-1' as const, 'upr-1' as const, 'authors-1' as const),
      hintLocation: fc.constantFrom('suffix' as const, 'prefix' as const),
      modelFingerprint: digest,
      tokenizerFingerprint: digest,
      training: record,
      calibration: calibration(digest),
    },
    { requiredKeys: ['format', 'method', 'k', 'heads', 'filters', 'residual', 'template', 'hintLocation'] },
  );
}

/** Any valid adapter of hidden size 2, 4 or 6. */
export const adapterArbitrary: fc.Arbitrary<AdapterFile> = fc
  .record({
    method: fc.constantFrom<AdapterConfig['method']>('retrieve', 'attend', 'soft-prompt'),
    hiddenSize: fc.constantFrom(2, 4, 6),
    heads: fc.constantFrom(1, 2),
    softPromptCount: fc.nat(2),
  })
  .chain(({ method, hiddenSize, heads, softPromptCount }) => {
    const square = floats(hiddenSize * hiddenSize);
    const vector = floats(hiddenSize);
    const withModule = method !== 'soft-prompt';
    const count = withModule ? softPromptCount : softPromptCount + 1;
    return fc.record({
      config: config(method, heads),
      hiddenSize: fc.constant(hiddenSize),
      embedding: withModule ? embedding(hiddenSize) : fc.constant(null),
      mlp: withModule
        ? fc.record({ firstWeight: square, firstBias: vector, secondWeight: square, secondBias: vector })
        : fc.constant(null),
      attention:
        method === 'attend'
          ? fc.record({
              inProjectionWeight: floats(3 * hiddenSize * hiddenSize),
              inProjectionBias: floats(3 * hiddenSize),
              outProjectionWeight: square,
              outProjectionBias: vector,
            })
          : fc.constant(null),
      softPrompt: count > 0 ? floats(count * hiddenSize).map((values) => ({ count, values })) : fc.constant(null),
    });
  });
