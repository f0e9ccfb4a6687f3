import type { GradientRule, ShapeContext } from '#gpu-worker/autodiff/gradient-rule.ts';
import { axisOf, integerAttribute } from '#gpu-worker/autodiff/shapes.ts';
import type { Dimension } from '#gpu-worker/onnx/graph.ts';
import type { Value } from '#gpu-worker/onnx/graph-builder.ts';

export const joiningRules = {
  /** dXᵢ = the stretch of dY that Xᵢ filled */
  Concat: {
    shapes: (c) => {
      const operands = c.node.inputs.map((_, index) => c.inputShape(index));
      const first = operands[0] ?? null;
      if (first === null) return [null];
      const axis = axisOf(integerAttribute(c, 'axis', 0), first.length);
      const sizes = operands.map((shape) => shape?.[axis]);
      const total = sizes.every((size) => typeof size === 'number')
        ? sizes.reduce<number>((sum, size) => sum + Number(size), 0)
        : `${c.node.name}/joined`;
      return [first.map((size, index) => (index === axis ? total : size))];
    },
    gradients(c) {
      const axis = integerAttribute(c, 'axis', 0);
      let parts: readonly Value[] | null = null;
      const split = () => {
        const sizes = c.node.inputs.map((_, index) =>
          c.emit('Gather', [c.emit('Shape', [c.input(index)]), c.ints(axis)], { axis: { int: 0 } }),
        );
        const lengths = c.emit('Concat', sizes, { axis: { int: 0 } });
        return c.emitSeveral('Split', [c.upstream(), lengths], sizes.length, { axis: { int: axis } });
      };
      return c.node.inputs.map((_, index) => () => {
        parts ??= split();
        return parts[index] ?? '';
      });
    },
    cases: [
      {
        name: 'rows',
        inputs: [
          [1, 3],
          [2, 3],
          [3, 3],
        ],
        attributes: { axis: { int: 0 } },
      },
      {
        name: 'columns, one constant',
        inputs: [[2, 3], { constant: [2, 1] }, [2, 2]],
        attributes: { axis: { int: -1 } },
      },
    ],
  },
  /** dX = the dYᵢ joined, zeros for parts that nothing depends on */
  Split: {
    shapes: (c) => splitShapes(c),
    gradients: (c) => [
      () => {
        const parts = c.node.outputs.map((_, index) => c.upstream(index));
        return c.emit('Concat', parts, { axis: { int: integerAttribute(c, 'axis', 0) } });
      },
      null,
    ],
    cases: [
      { name: 'rows', inputs: [[4, 2], { ints: [1, 3] }], outputs: 2, attributes: { axis: { int: 0 } } },
      { name: 'columns', inputs: [[2, 1, 4], { ints: [1, 2, 1] }], outputs: 3, attributes: { axis: { int: -1 } } },
    ],
  },
} satisfies Record<string, GradientRule>;

function splitShapes(c: ShapeContext): (readonly Dimension[] | null)[] {
  const [shape, sizes] = [c.inputShape(0), c.constant(1)];
  return c.node.outputs.map((_, part) => {
    if (shape === null) return null;
    // Lengths that are fed have a name for a size.
    const length = sizes?.[part] ?? `${c.node.name}/part_${part}`;
    const axis = axisOf(integerAttribute(c, 'axis', 0), shape.length);
    return shape.map((size, index) => (index === axis ? length : size));
  });
}
