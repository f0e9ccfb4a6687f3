import type { GradientRule, RuleContext, Shape, ShapeContext } from '#gpu-worker/autodiff/gradient-rule.ts';
import { axisOf, broadcastShape } from '#gpu-worker/autodiff/shapes.ts';
import type { Dimension } from '#gpu-worker/onnx/graph.ts';
import type { Value } from '#gpu-worker/onnx/graph-builder.ts';

export const rearrangementRules = {
  /** dX = dY in the shape of X */
  Reshape: {
    shapes: reshapedShape,
    gradients: (c) => [() => inShapeOfInput(c), null],
    cases: [
      { name: 'to a fixed shape', inputs: [[2, 6], { ints: [3, 4] }] },
      { name: 'with a kept and an open size', inputs: [[2, 6], { ints: [0, -1, 3] }] },
    ],
  },
  /** dX = dY in the shape of X */
  Squeeze: {
    shapes: (c) => {
      const [shape, axes] = [c.inputShape(0), c.constant(1)];
      if (shape === null || axes === null) return [null];
      const dropped = new Set(axes.map((axis) => axisOf(axis, shape.length)));
      return [shape.filter((_, axis) => !dropped.has(axis))];
    },
    gradients: (c) => [() => inShapeOfInput(c), null],
    cases: [{ name: 'two axes', inputs: [[1, 3, 1, 2], { ints: [0, -2] }] }],
  },
  /** dX = dY in the shape of X */
  Unsqueeze: {
    shapes: (c) => {
      const [shape, axes] = [c.inputShape(0), c.constant(1)];
      if (shape === null || axes === null) return [null];
      const rank = shape.length + axes.length;
      const added = new Set(axes.map((axis) => axisOf(axis, rank)));
      const rest = [...shape];
      return [Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : (rest.shift() ?? 1)))];
    },
    gradients: (c) => [() => inShapeOfInput(c), null],
    cases: [{ name: 'two axes', inputs: [[3, 2], { ints: [0, -1] }] }],
  },
  /** dX = dY with the axes put back: the inverse permutation */
  Transpose: {
    shapes: (c) => {
      const shape = c.inputShape(0);
      if (shape === null) return [null];
      return [permutation(c)?.map((axis) => shape[axis] ?? 1) ?? [...shape].reverse()];
    },
    gradients: (c) => [
      () => {
        const perm = permutation(c);
        if (perm === null) return c.emit('Transpose', [c.upstream()]);
        const inverse = perm.map((_, axis) => perm.indexOf(axis));
        return c.emit('Transpose', [c.upstream()], { perm: { ints: inverse } });
      },
    ],
    cases: [
      { name: 'reversed', inputs: [[2, 3, 2]] },
      { name: 'a cycle', inputs: [[2, 3, 2]], attributes: { perm: { ints: [1, 2, 0] } } },
    ],
  },
  /** dX = dY, summed over the repetitions */
  Expand: {
    shapes: (c) => [broadcastShape(c.inputShape(0), c.constant(1))],
    broadcast: ['all'],
    gradients: (c) => [() => c.upstream(), null],
    cases: [
      { name: 'a row', inputs: [[3], { ints: [2, 3] }] },
      { name: 'a column', inputs: [[2, 1], { ints: [2, 2, 4] }] },
    ],
  },
} satisfies Record<string, GradientRule>;

function inShapeOfInput(c: RuleContext): Value {
  return c.emit('Reshape', [c.upstream(), c.emit('Shape', [c.input(0)])], { allowzero: { int: 1 } });
}

function permutation(c: ShapeContext): readonly number[] | null {
  const perm = c.node.attributes['perm'];
  return perm !== undefined && 'ints' in perm ? perm.ints : null;
}

/** 0 keeps the size of the same axis; −1 is computed where all other sizes are numbers, else it is a size of its own. */
function reshapedShape(c: ShapeContext): Shape[] {
  const target = c.constant(1);
  const shape = c.inputShape(0);
  if (target === null) return [null];
  const sizes = target.map((size, axis): Dimension | null => (size === 0 ? (shape?.[axis] ?? null) : size));
  if (sizes.includes(null)) return [null];
  const fixed = (values: readonly (Dimension | null)[]) => values.every((size) => typeof size === 'number');
  const product = (values: readonly (Dimension | null)[]) =>
    values.reduce<number>((total, size) => total * Math.abs(Number(size)), 1);
  const open = shape !== null && fixed(shape) && fixed(sizes) ? product(shape) / product(sizes) : `${c.node.name}/open`;
  return [sizes.map((size) => (size === -1 || size === null ? open : size))];
}
