import type { ConfigFields } from '#gpu-worker/language-model/config-fields.ts';
import { configMaxima } from '#gpu-worker/language-model/config-fields.ts';
import type { RopeScaling } from '#gpu-worker/language-model/model-config.ts';
import { rotaryFrequencies } from '#gpu-worker/language-model/rotary-table.ts';
import type { GgufFile } from '#gpu-worker/weights/open-gguf.ts';
import { weightsFault } from '#gpu-worker/weights/weights-fault.ts';

/** GGUF's form of Llama 3 scaling: a divisor for each rotary frequency, float32 [h/2]. */
export const ropeFactorsName = 'rope_freqs.weight';

/** GGUF drops the three constants that the divisors came from; all Llama 3 releases share these. */
const llama3Constants = { lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContextLengthDefault: 8_192 } as const;
/** Between divisors rebuilt in float64 and the converter's float32 ones. */
const relativeTolerance = 1e-3;

/**
 * Rotary scaling of a GGUF file: from `rope.scaling.*` metadata, or rebuilt from the divisors of `rope_freqs.weight`.
 * @throws ServiceError `invalid_weights` for other kinds, and for divisors that Llama 3's rule does not give
 */
export function ggufRopeScaling(
  file: GgufFile,
  fields: ConfigFields,
  headSize: number,
  ropeTheta: number,
): RopeScaling | null {
  const kind = fields.raw('rope.scaling.type') ?? (fields.raw('rope.scale_linear') === undefined ? 'none' : 'linear');
  const hasFactors = file.tensors.has(ropeFactorsName);
  if (kind !== 'none' && kind !== 'linear')
    throw fields.fault('rope.scaling.type', kind, 'none or linear (or none with rope_freqs.weight, for llama3)');
  if (kind === 'linear' && hasFactors)
    throw fields.fault('rope.scaling.type', kind, `none, as the file has "${ropeFactorsName}"`);
  if (hasFactors) return llama3Scaling(file, fields, headSize, ropeTheta);
  const factor =
    kind === 'linear' ? fields.positive('rope.scaling.factor', fields.positive('rope.scale_linear', 1)) : 1;
  return factor === 1 ? null : { kind: 'linear', factor };
}

function llama3Scaling(file: GgufFile, fields: ConfigFields, headSize: number, ropeTheta: number): RopeScaling | null {
  const place = `${file.label}: tensor "${ropeFactorsName}"`;
  const { shape = [], begin = 0 } = file.tensors.get(ropeFactorsName) ?? {};
  if (shape.length !== 1 || shape[0] !== headSize / 2)
    throw weightsFault(
      place,
      begin,
      `its shape is [${shape.join(', ')}], but heads of ${headSize} need [${headSize / 2}]`,
    );
  const divisors = file.readRows(ropeFactorsName);
  if (divisors.every((divisor) => divisor === 1)) return null;
  const scaling: RopeScaling = {
    kind: 'llama3',
    factor: Math.max(...divisors),
    lowFrequencyFactor: llama3Constants.lowFrequencyFactor,
    highFrequencyFactor: llama3Constants.highFrequencyFactor,
    originalContextLength: fields.size(
      'rope.scaling.original_context_length',
      configMaxima.contextLength,
      llama3Constants.originalContextLengthDefault,
    ),
  };
  const scaled = rotaryFrequencies({ headSize, ropeTheta, ropeScaling: scaling });
  const plain = rotaryFrequencies({ headSize, ropeTheta, ropeScaling: null });
  divisors.forEach((divisor, pair) => {
    const expected = (plain[pair] ?? 0) / (scaled[pair] ?? 0);
    // Negated, so that a divisor that is not a number is refused as well.
    if (!(Math.abs(divisor - expected) <= relativeTolerance * expected)) {
      throw weightsFault(
        place,
        begin,
        `divisor ${pair} is ${divisor}, but Llama 3 scaling by ${scaling.factor} gives ${expected}; other scalings are not supported`,
      );
    }
  });
  return scaling;
}
