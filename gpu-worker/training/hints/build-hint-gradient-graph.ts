import { buildGradientGraph } from '#gpu-worker/autodiff/build-gradient-graph.ts';
import type { Graph } from '#gpu-worker/onnx/graph.ts';
import { buildHintGraph, type HintGraphKind } from '#gpu-worker/q-peft/build-hint-graph.ts';
import type { DenseName } from '#gpu-worker/training/optimiser/adapter-dense-tensors.ts';

const mlpNames = ['mlp.first.weight', 'mlp.first.bias', 'mlp.second.weight', 'mlp.second.bias'] as const;
const attentionNames = [
  'attention.in.weight',
  'attention.in.bias',
  'attention.out.weight',
  'attention.out.bias',
] as const;

/** Inputs of the hint graph that are trained: dense tensors, and rows of E'. Keys are rows of the frozen E. */
export function trainedInputs(method: HintGraphKind['method']): {
  readonly dense: readonly DenseName[];
  readonly rows: readonly string[];
} {
  return method === 'retrieve'
    ? { dense: mlpNames, rows: ['block'] }
    : { dense: [...mlpNames, ...attentionNames], rows: ['query', 'open', 'close'] };
}

/**
 * The hint graph (build-hint-graph.ts) as a vector-Jacobian product: one more input `hints_gradient` float32 [rows, D], dL/dH, and for each
 * trained input X the output `X_gradient`, dL/dX.
 */
export function buildHintGradientGraph(kind: HintGraphKind, width: number): Graph {
  const { dense, rows } = trainedInputs(kind.method);
  return buildGradientGraph(buildHintGraph(kind, width), {
    upstream: [{ output: 'hints', gradient: 'input' }],
    withRespectTo: [...dense, ...rows],
  });
}
