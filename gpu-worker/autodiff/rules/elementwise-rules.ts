import type { GradientRule, RuleCase } from '#gpu-worker/autodiff/gradient-rule.ts';
import { shapes } from '#gpu-worker/autodiff/shapes.ts';

const everyBroadcast: readonly RuleCase[] = [
  {
    name: 'equal shapes',
    inputs: [
      [2, 3],
      [2, 3],
    ],
    domain: 'away-from-zero',
  },
  { name: 'a row over rows', inputs: [[2, 3], [3]], domain: 'away-from-zero' },
  {
    name: 'a column over columns',
    inputs: [
      [2, 1],
      [2, 3],
    ],
    domain: 'away-from-zero',
  },
  { name: 'a scalar', inputs: [[], [2, 3]], domain: 'away-from-zero' },
  {
    name: 'both ways',
    inputs: [
      [2, 1, 2],
      [3, 1],
    ],
    domain: 'away-from-zero',
  },
];

const binary = { shapes: shapes.broadcast, broadcast: ['all', 'all'], cases: everyBroadcast } as const;
const unary = (domain: NonNullable<RuleCase['domain']>) =>
  ({ shapes: shapes.asInput, cases: [{ name: 'a matrix', inputs: [[2, 3]], domain }] }) as const;

export const elementwiseRules = {
  /** dA = dY, dB = dY */
  Add: { ...binary, gradients: (c) => [() => c.upstream(), () => c.upstream()] },
  /** dA = dY, dB = −dY */
  Sub: { ...binary, gradients: (c) => [() => c.upstream(), () => c.emit('Neg', [c.upstream()])] },
  /** dA = dY ∘ B, dB = dY ∘ A */
  Mul: {
    ...binary,
    gradients: (c) => [
      () => c.emit('Mul', [c.upstream(), c.input(1)]),
      () => c.emit('Mul', [c.upstream(), c.input(0)]),
    ],
  },
  /** dA = dY / B, dB = −dY ∘ Y / B */
  Div: {
    ...binary,
    gradients: (c) => [
      () => c.emit('Div', [c.upstream(), c.input(1)]),
      () => c.emit('Neg', [c.emit('Div', [c.emit('Mul', [c.upstream(), c.output(0)]), c.input(1)])]),
    ],
  },
  /** dX = dY */
  Identity: { ...unary('any'), gradients: (c) => [() => c.upstream()] },
  /** dX = −dY */
  Neg: { ...unary('any'), gradients: (c) => [() => c.emit('Neg', [c.upstream()])] },
  /** dX = dY ∘ Y */
  Exp: { ...unary('any'), gradients: (c) => [() => c.emit('Mul', [c.upstream(), c.output(0)])] },
  /** dX = dY / 2Y */
  Sqrt: {
    ...unary('positive'),
    gradients: (c) => [() => c.emit('Div', [c.upstream(), c.emit('Mul', [c.output(0), c.float(2)])])],
  },
  /** dX = dY where Y > 0, else 0 */
  Relu: {
    ...unary('away-from-zero'),
    gradients: (c) => [() => c.emit('Where', [c.emit('Greater', [c.output(0), c.float(0)]), c.upstream(), c.float(0)])],
  },
  /** dX = dY ∘ Y ∘ (1 − Y) */
  Sigmoid: {
    ...unary('any'),
    gradients: (c) => [
      () => {
        const slope = c.emit('Mul', [c.output(0), c.emit('Sub', [c.float(1), c.output(0)])]);
        return c.emit('Mul', [c.upstream(), slope]);
      },
    ],
  },
} satisfies Record<string, GradientRule>;
