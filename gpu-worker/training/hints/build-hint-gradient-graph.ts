import { buildGradientGraph } from '#gpu-worker/autodiff/build-gradient-graph.ts';
import type { Graph } from '#gpu-worker/onnx/graph.ts';
import { buildHintGraph, type HintGraphKind } from '#gpu-worker/q-peft/build-hint-graph.ts';
import { adapterInputs } from '#gpu-worker/q-peft/hint-feeds.ts';

/**
 * The hint graph (build-hint-graph.ts) as a vector-Jacobian product: one more input `hints_gradient` float32 [rows, D], dL/dH, and for each
 * trained input X the output `X_gradient`, dL/dX.
 */
export function buildHintGradientGraph(kind: HintGraphKind, width: number): Graph {
  const { dense, rows } = adapterInputs(kind.method);
  return buildGradientGraph(buildHintGraph(kind, width), {
    upstream: [{ output: 'hints', gradient: 'input' }],
    withRespectTo: [...dense, ...rows],
  });
}
