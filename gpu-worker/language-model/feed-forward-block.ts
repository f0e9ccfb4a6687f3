import { type BlockContext, intoBlocks, outOfBlocks, rmsNorm } from '#gpu-worker/language-model/attention-block.ts';
import { storedNames } from '#gpu-worker/language-model/tensor-names.ts';
import type { Value } from '#gpu-worker/onnx/graph-builder.ts';

/**
 * x + down(silu(gate(n)) · up(n)) with n = norm(x): SwiGLU. x float32 [S, D].
 * Gate and up stay apart: fusing them costs a Split copy and measured 13 % slower.
 */
export function feedForwardBlock(context: BlockContext, layer: number, x: Value): Value {
  const { builder, linear } = context;
  const path = `/model/layers.${layer}/feed_forward`;
  const normed = rmsNorm(context, `${path}/norm`, x, storedNames.feedForwardNorm(layer));
  const input = linear.prepare(`${path}/input`, intoBlocks(context, `${path}/norm`, normed));
  const gate = linear.apply(`${path}/gate`, input, storedNames.gate(layer));
  const up = linear.apply(`${path}/up`, input, storedNames.up(layer));
  const sigmoid = builder.node(`${path}/Sigmoid`, 'Sigmoid', [gate]);
  const silu = builder.node(`${path}/silu/Mul`, 'Mul', [gate, sigmoid]);
  const gated = builder.node(`${path}/gated/Mul`, 'Mul', [silu, up]);
  const down = linear.apply(`${path}/down`, linear.prepare(`${path}/down/input`, gated), storedNames.down(layer));
  return builder.node(`${path}/Add`, 'Add', [x, outOfBlocks(context, `${path}/down`, down)]);
}
