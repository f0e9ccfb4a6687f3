import { describe, expect, it } from 'vitest';
import { buildGradientGraph, gradientName } from '#gpu-worker/autodiff/build-gradient-graph.ts';
import type { CaseInput, GradientRule, RuleCase } from '#gpu-worker/autodiff/gradient-rule.ts';
import { gradientRules } from '#gpu-worker/autodiff/gradient-rules.ts';
import { inferShapes } from '#gpu-worker/autodiff/infer-shapes.ts';
import { type Feeds, ModelSession } from '#gpu-worker/engine/model-session.ts';
import type { Graph } from '#gpu-worker/onnx/graph.ts';
import { GraphBuilder } from '#gpu-worker/onnx/graph-builder.ts';
import type { Operator } from '#gpu-worker/onnx/operators.ts';
import { serialiseGraph } from '#gpu-worker/onnx/serialise-graph.ts';
import { centralDifference } from '#test/support/central-difference.ts';
import { seededNormal } from '#test/support/seeded-normal.ts';

const rules = Object.entries(gradientRules).filter(
  (entry): entry is [Operator, GradientRule] => 'gradients' in entry[1],
);
const cases = rules.flatMap(([operator, rule]) =>
  rule.cases.map((example) => ({ operator, example, name: example.name })),
);

/** Relative to the largest gradient of the case; float32 runs leave about 1e-6, a wrong rule 1e-1 and more. */
const tolerance = 3e-5;

interface CaseGraph {
  readonly graph: Graph;
  readonly feeds: Record<string, { type: 'float32'; shape: readonly number[]; data: Float32Array }>;
  readonly differentiated: readonly string[];
  readonly seeds: Readonly<Record<string, Float32Array>>;
}

function draw(example: RuleCase, normal: () => number): number {
  const value = normal();
  if (example.domain === 'positive') return 0.7 + Math.abs(value);
  // The widest stencil step of 0.3 must not come near 0, where Div bends too much for the stencil.
  if (example.domain === 'away-from-zero') return value + Math.sign(value) * 1.2;
  return value;
}

/** One node that reads the operands of an example and whose outputs are the graph's. */
function graphOf(operator: Operator, example: RuleCase): CaseGraph {
  const normal = seededNormal(7);
  const builder = new GraphBuilder(`case_${operator}`);
  const feeds: CaseGraph['feeds'] = {};
  const differentiated: string[] = [];
  const operands = example.inputs.map((input: CaseInput, index) => {
    const name = `x${index}`;
    if (input === null) return '';
    if ('ints' in input) {
      const shape = Array.isArray(input.ints[0]) ? [input.ints.length, input.ints[0].length] : [input.ints.length];
      return builder.int64(name, input.ints.flat(), shape);
    }
    const shape = 'constant' in input ? input.constant : input;
    if (!('constant' in input)) differentiated.push(name);
    const length = shape.reduce((product, size) => product * size, 1);
    feeds[name] = { type: 'float32', shape, data: Float32Array.from({ length }, () => draw(example, normal)) };
    return builder.input(name, 'float32', shape);
  });
  const outputs = builder.nodeWithOutputs(`/${operator}`, operator, operands, example.outputs ?? 1, example.attributes);
  for (const output of outputs) builder.output(output, 'float32', []);
  // Present keys and values of Attention are not differentiated.
  const seeded = operator === 'Attention' ? outputs.slice(0, 1) : outputs;
  const known = inferShapes(builder.build());
  const seeds = Object.fromEntries(
    seeded.map((output) => {
      const sizes = (known.shapeOf(output) ?? [Number.NaN]).map(Number);
      const length = sizes.reduce((product, size) => product * size, 1);
      return [output, Float32Array.from({ length }, () => normal())];
    }),
  );
  const shaped = {
    ...builder.build(),
    outputs: outputs.map((name) => ({ name, type: 'float32' as const, shape: known.shapeOf(name) ?? [] })),
  };
  return { graph: shaped, feeds, differentiated, seeds };
}

async function analyticGradients(one: CaseGraph): Promise<Record<string, Float32Array>> {
  const upstream = Object.keys(one.seeds).map((output) => ({ output, gradient: 'input' as const }));
  const graph = buildGradientGraph(one.graph, { upstream, withRespectTo: one.differentiated });
  const session = await ModelSession.open(serialiseGraph(graph));
  const seeds: Feeds = Object.fromEntries(
    Object.entries(one.seeds).map(([output, data]) => {
      const shape = one.graph.outputs.find(({ name }) => name === output)?.shape.map(Number) ?? [];
      return [gradientName(output), { type: 'float32' as const, shape, data }];
    }),
  );
  const results = await session.run({ ...one.feeds, ...seeds }, one.differentiated.map(gradientName));
  await session.close();
  return results;
}

describe('the rule table', () => {
  it('has an example for every rule', () => {
    expect(rules.filter(([, rule]) => rule.cases.length === 0).map(([operator]) => operator)).toEqual([]);
    expect(rules.length).toBeGreaterThan(20);
  });

  it('says why for every operator without a rule', () => {
    for (const entry of Object.values(gradientRules)) {
      if ('gradients' in entry) continue;
      expect('forbidden' in entry ? entry.forbidden : entry.noGradient).toMatch(/\w+ \w+/);
    }
  });
});

describe.each(cases)('$operator, $name', ({ operator, example }) => {
  it('has the gradient that finite differences give', async () => {
    const one = graphOf(operator, example);
    const analytic = await analyticGradients(one);
    const session = await ModelSession.open(serialiseGraph(one.graph));
    /** L = Σ seed ∘ output, in float64. */
    const loss = async () => {
      const outputs = await session.run(one.feeds, Object.keys(one.seeds));
      let sum = 0;
      for (const [name, seed] of Object.entries(one.seeds)) {
        for (const [index, value] of (outputs[name] ?? []).entries()) sum += value * (seed[index] ?? Number.NaN);
      }
      return sum;
    };
    for (const name of one.differentiated) {
      const operand = one.feeds[name]?.data ?? new Float32Array(0);
      const gradient = analytic[gradientName(name)] ?? new Float32Array(0);
      expect(gradient.length, `${name}: elements`).toBe(operand.length);
      const scale = Math.max(1, ...gradient.map(Math.abs));
      for (const [index, value] of operand.entries()) {
        const numeric = await centralDifference(async (step) => {
          operand[index] = value + step;
          return loss();
        });
        operand[index] = value;
        const difference = Math.abs((gradient[index] ?? Number.NaN) - numeric) / scale;
        expect(difference, `${name}[${index}]: analytic ${gradient[index]}, numeric ${numeric}`).toBeLessThan(
          tolerance,
        );
      }
    }
    await session.close();
  });
});
