import type { GradientRule } from '#gpu-worker/autodiff/gradient-rule.ts';
import { shapes } from '#gpu-worker/autodiff/shapes.ts';

/** Y = R X with a rotation R(cos, sin): dX = Rᵀ dY = R(cos, −sin) dY. The tables have no gradient: positions are given. */
export const rotaryEmbeddingRule: GradientRule = {
  shapes: shapes.asInput,
  gradients: (c) => [
    () =>
      c.emit(
        'RotaryEmbedding',
        [c.upstream(), c.input(1), c.emit('Neg', [c.input(2)]), ...c.node.inputs.slice(3)],
        c.node.attributes,
      ),
    null,
    null,
  ],
  cases: [
    {
      name: 'split halves, packed heads',
      inputs: [[1, 2, 8], { constant: [1, 2, 2] }, { constant: [1, 2, 2] }],
      attributes: { num_heads: { int: 2 }, interleaved: { int: 0 } },
    },
    {
      name: 'interleaved pairs',
      inputs: [[1, 3, 4], { constant: [1, 3, 2] }, { constant: [1, 3, 2] }],
      attributes: { num_heads: { int: 1 }, interleaved: { int: 1 } },
    },
  ],
};
