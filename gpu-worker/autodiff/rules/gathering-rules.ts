import type { GradientRule, RuleContext } from '#gpu-worker/autodiff/gradient-rule.ts';
import { integerAttribute } from '#gpu-worker/autodiff/shapes.ts';
import type { Value } from '#gpu-worker/onnx/graph-builder.ts';

const adding = { reduction: { string: 'add' } } as const;

export const gatheringRules = {
  /** Y = rows of X by index: dX = zeros with each row of dY added at its index */
  Gather: {
    shapes: (c) => {
      const [data, indices] = [c.inputShape(0), c.inputShape(1)];
      return [data === null || indices === null || axis(c) !== 0 ? null : [...indices, ...data.slice(1)]];
    },
    gradients: (c) => [
      () => {
        if (axis(c) !== 0)
          throw new Error(`the gradient of "${c.node.name}" (Gather) is defined for axis 0, not ${axis(c)}`);
        const indices = c.emit('Unsqueeze', [c.input(1), c.ints(-1)]);
        return c.emit('ScatterND', [zerosOfInput(c), indices, c.upstream()], adding);
      },
      null,
    ],
    cases: [
      { name: 'rows, one twice', inputs: [[4, 3], { ints: [2, 0, 2] }] },
      { name: 'from the end', inputs: [[4, 3], { ints: [-1] }], attributes: { axis: { int: 0 } } },
    ],
  },
  /** dX = zeros with each value of dY added where it was taken from */
  GatherElements: {
    shapes: (c) => [c.inputShape(1)],
    gradients: (c) => [
      () =>
        c.emit('ScatterElements', [zerosOfInput(c), c.input(1), c.upstream()], {
          ...adding,
          axis: { int: axis(c) },
        }),
      null,
    ],
    cases: [
      { name: 'one of each row', inputs: [[3, 4], { ints: [[1], [0], [3]] }], attributes: { axis: { int: 1 } } },
      {
        name: 'the same one twice',
        inputs: [
          [2, 3],
          {
            ints: [
              [1, 1],
              [0, 2],
            ],
          },
        ],
        attributes: { axis: { int: 1 } },
      },
    ],
  },
} satisfies Record<string, GradientRule>;

function axis(c: Parameters<GradientRule['shapes']>[0]): number {
  return integerAttribute(c, 'axis', 0);
}

function zerosOfInput(c: RuleContext): Value {
  return c.emit('Expand', [c.float(0), c.emit('Shape', [c.input(0)])]);
}
