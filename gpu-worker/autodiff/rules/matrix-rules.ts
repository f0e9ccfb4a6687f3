import type { GradientRule, RuleContext, Shape, ShapeContext } from '#gpu-worker/autodiff/gradient-rule.ts';
import { broadcastShape, floatAttribute, integerAttribute, knownShape } from '#gpu-worker/autodiff/shapes.ts';
import type { Value } from '#gpu-worker/onnx/graph-builder.ts';

export const matrixRules = {
  /** Y = A · B over broadcast batches: dA = dY · Bᵀ, dB = Aᵀ · dY */
  MatMul: {
    shapes: matMulShape,
    broadcast: ['batch', 'batch'],
    gradients: (c) => [
      () => c.emit('MatMul', [c.upstream(), transposed(c, 1)]),
      () => c.emit('MatMul', [transposed(c, 0), c.upstream()]),
    ],
    cases: [
      {
        name: 'matrices',
        inputs: [
          [2, 3],
          [3, 4],
        ],
      },
      {
        name: 'batches',
        inputs: [
          [2, 2, 3],
          [2, 3, 2],
        ],
      },
      {
        name: 'one matrix for all batches',
        inputs: [
          [2, 2, 3],
          [3, 2],
        ],
      },
      {
        name: 'batches broadcast both ways',
        inputs: [
          [2, 1, 2, 3],
          [1, 3, 3, 2],
        ],
      },
    ],
  },
  /** Y = α A′ · B′ + β C with A′ = A or Aᵀ: dA′ = α dY · B′ᵀ, dB′ = α A′ᵀ · dY, dC = β dY */
  Gemm: {
    shapes: gemmShape,
    broadcast: ['none', 'none', 'all'],
    gradients(c) {
      const [transA, transB] = [integerAttribute(c, 'transA', 0), integerAttribute(c, 'transB', 0)];
      const alpha = floatAttribute(c, 'alpha', 1);
      const beta = floatAttribute(c, 'beta', 1);
      const product = (left: Value, leftTransposed: number, right: Value, rightTransposed: number) =>
        c.emit('Gemm', [left, right], {
          alpha: { float: alpha },
          transA: { int: leftTransposed },
          transB: { int: rightTransposed },
        });
      return [
        () =>
          transA === 0
            ? product(c.upstream(), 0, c.input(1), 1 - transB)
            : product(c.input(1), transB, c.upstream(), 1),
        () =>
          transB === 0
            ? product(c.input(0), 1 - transA, c.upstream(), 0)
            : product(c.upstream(), 1, c.input(0), transA),
        () => (beta === 1 ? c.upstream() : c.emit('Mul', [c.upstream(), c.float(beta)])),
      ];
    },
    cases: [
      {
        name: 'plain',
        inputs: [
          [2, 3],
          [3, 4],
        ],
      },
      { name: 'a linear layer', inputs: [[2, 3], [4, 3], [4]], attributes: { transB: { int: 1 } } },
      {
        name: 'transposed left',
        inputs: [
          [3, 2],
          [3, 4],
          [2, 1],
        ],
        attributes: { transA: { int: 1 }, beta: { float: 3 } },
      },
      {
        name: 'both transposed and scaled',
        inputs: [
          [3, 2],
          [4, 3],
          [2, 4],
        ],
        attributes: { transA: { int: 1 }, transB: { int: 1 }, alpha: { float: 0.5 } },
      },
    ],
  },
} satisfies Record<string, GradientRule>;

function transposed(c: RuleContext, index: number): Value {
  const rank = knownShape(c, index).length;
  if (rank < 2) throw new Error(`the gradient of "${c.node.name}" (MatMul) needs operands of two axes or more`);
  const perm = Array.from({ length: rank }, (_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis));
  return c.emit('Transpose', [c.input(index)], { perm: { ints: perm } });
}

function matMulShape(c: ShapeContext): Shape[] {
  const [left, right] = [c.inputShape(0), c.inputShape(1)];
  if (left === null || right === null || left.length < 2 || right.length < 2) return [null];
  const batch = broadcastShape(left.slice(0, -2), right.slice(0, -2));
  return [[...(batch ?? []), ...left.slice(-2, -1), ...right.slice(-1)]];
}

function gemmShape(c: ShapeContext): Shape[] {
  const [left, right] = [c.inputShape(0), c.inputShape(1)];
  const rows = left?.[integerAttribute(c, 'transA', 0)];
  const columns = right?.[1 - integerAttribute(c, 'transB', 0)];
  return [rows === undefined || columns === undefined ? null : [rows, columns]];
}
