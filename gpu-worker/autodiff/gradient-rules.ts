import type { RuleEntry } from '#gpu-worker/autodiff/gradient-rule.ts';
import { attentionRule } from '#gpu-worker/autodiff/rules/attention-rule.ts';
import { elementwiseRules } from '#gpu-worker/autodiff/rules/elementwise-rules.ts';
import { gatheringRules } from '#gpu-worker/autodiff/rules/gathering-rules.ts';
import { joiningRules } from '#gpu-worker/autodiff/rules/joining-rules.ts';
import { matrixRules } from '#gpu-worker/autodiff/rules/matrix-rules.ts';
import { rearrangementRules } from '#gpu-worker/autodiff/rules/rearrangement-rules.ts';
import { reductionRules } from '#gpu-worker/autodiff/rules/reduction-rules.ts';
import { rmsNormRule } from '#gpu-worker/autodiff/rules/rms-norm-rule.ts';
import { rotaryEmbeddingRule } from '#gpu-worker/autodiff/rules/rotary-embedding-rule.ts';
import { softmaxRules } from '#gpu-worker/autodiff/rules/softmax-rules.ts';
import type { Operator } from '#gpu-worker/onnx/operators.ts';

const integerWeights = {
  forbidden:
    'only graphs of integer weights have it, and rounding makes their loss a step function: differentiate the float32 graph',
} as const;

const gradientOnly = { forbidden: 'only gradients have it, and no gradient of a gradient is needed' } as const;

/** What flows back through every operator that a graph of ours may hold. */
export const gradientRules: Readonly<Record<Operator, RuleEntry>> = {
  ...elementwiseRules,
  ...matrixRules,
  ...softmaxRules,
  ...reductionRules,
  ...rearrangementRules,
  ...joiningRules,
  ...gatheringRules,
  Attention: attentionRule,
  RotaryEmbedding: rotaryEmbeddingRule,
  SimplifiedLayerNormalization: rmsNormRule,
  Shape: { noGradient: 'sizes do not depend on values' },
  Greater: { noGradient: 'it is constant wherever it has a derivative' },
  Cast: { forbidden: 'only cached keys and values are cast, and they are constants' },
  Abs: integerWeights,
  DequantizeLinear: integerWeights,
  MatMulIntegerToFloat: integerWeights,
  Max: integerWeights,
  QuantizeLinear: integerWeights,
  ReduceMax: integerWeights,
  ScatterElements: gradientOnly,
  ScatterND: gradientOnly,
  Slice: gradientOnly,
  Trilu: gradientOnly,
  Where: gradientOnly,
};
