import { describe, expect, it } from 'vitest';
import { buildGradientGraph, gradientName } from '#gpu-worker/autodiff/build-gradient-graph.ts';
import { ModelSession } from '#gpu-worker/engine/model-session.ts';
import type { Graph } from '#gpu-worker/onnx/graph.ts';
import { GraphBuilder } from '#gpu-worker/onnx/graph-builder.ts';
import { serialiseGraph } from '#gpu-worker/onnx/serialise-graph.ts';

const constantOne = { constant: 1 } as const;

/** y = x · x + Relu(z), and w that nothing reads. */
function smallGraph(): Graph {
  const builder = new GraphBuilder('small');
  const x = builder.input('x', 'float32', ['rows', 2]);
  const z = builder.input('z', 'float32', ['rows', 2]);
  builder.input('w', 'float32', [1]);
  const square = builder.node('/square/Mul', 'Mul', [x, x]);
  const kept = builder.node('/kept/Relu', 'Relu', [z]);
  builder.node('/Add', 'Add', [square, kept], {}, 'y');
  builder.output('y', 'float32', ['rows', 2]);
  return builder.build();
}

const gradientNodes = (graph: Graph) => graph.nodes.filter((node) => node.name.startsWith('/gradient'));
const matrix = (values: readonly number[]) =>
  ({ type: 'float32', shape: [values.length / 2, 2], data: Float32Array.from(values) }) as const;

describe('a gradient graph', () => {
  it('adds up what reaches a value by several ways, and takes its upstream as an input', async () => {
    const graph = buildGradientGraph(smallGraph(), {
      upstream: [{ output: 'y', gradient: 'input' }],
      withRespectTo: ['x', 'z'],
    });
    const session = await ModelSession.open(serialiseGraph(graph));
    const feeds = {
      x: matrix([1, 2, 3, 4]),
      z: matrix([-1, 1, 2, -2]),
      w: { type: 'float32', shape: [1], data: Float32Array.of(0) },
      [gradientName('y')]: matrix([1, 10, 100, 1_000]),
    } as const;
    const results = await session.run(feeds, ['y', 'x_gradient', 'z_gradient']);
    await session.close();
    expect(results['y']).toEqual(Float32Array.of(1, 5, 11, 16));
    expect(results['x_gradient']).toEqual(Float32Array.of(2, 40, 600, 8_000));
    expect(results['z_gradient']).toEqual(Float32Array.of(0, 10, 100, 0));
  });

  it('holds nothing for values that do not lead from the inputs asked for to the output', () => {
    const graph = buildGradientGraph(smallGraph(), {
      upstream: [{ output: 'y', gradient: constantOne }],
      withRespectTo: ['x'],
    });
    expect(gradientNodes(graph).filter((node) => node.name.includes('kept'))).toEqual([]);
    expect(graph.outputs.map(({ name }) => name)).toEqual(['y', 'x_gradient']);
  });

  it('keeps the forward graph as it is in front', () => {
    const forward = smallGraph();
    const graph = buildGradientGraph(forward, {
      upstream: [{ output: 'y', gradient: constantOne }],
      withRespectTo: ['x'],
    });
    expect(graph.nodes.slice(0, forward.nodes.length)).toEqual(forward.nodes);
    expect(graph.inputs).toEqual(forward.inputs);
  });
});

describe('refuses', () => {
  const upstream = [{ output: 'y', gradient: constantOne }];

  it('an input that the output does not depend on', () => {
    expect(() => buildGradientGraph(smallGraph(), { upstream, withRespectTo: ['w'] })).toThrow(
      'no upstream output of the graph "small" depends on "w"',
    );
  });

  it('names that are no input or output', () => {
    expect(() => buildGradientGraph(smallGraph(), { upstream, withRespectTo: ['/square/Mul/output_0'] })).toThrow(
      '"/square/Mul/output_0" is not an input of the graph "small"',
    );
    const unknown = [{ output: 'x', gradient: constantOne }];
    expect(() => buildGradientGraph(smallGraph(), { upstream: unknown, withRespectTo: ['x'] })).toThrow(
      '"x" is not an output of the graph "small"',
    );
  });

  function graphWith(operator: 'Abs' | 'Gather'): Graph {
    const builder = new GraphBuilder('refused');
    const x = builder.input('x', 'float32', [2, 2]);
    if (operator === 'Abs') builder.node('/Abs', 'Abs', [x], {}, 'y');
    else builder.node('/Gather', 'Gather', [x, builder.int64('indices', [0])], { axis: { int: 1 } }, 'y');
    builder.output('y', 'float32', [2, 2]);
    return builder.build();
  }

  it('an operator without a gradient, with the reason', () => {
    expect(() => buildGradientGraph(graphWith('Abs'), { upstream, withRespectTo: ['x'] })).toThrow(
      /"\/Abs" \(Abs\) cannot be differentiated: only graphs of integer weights have it/,
    );
  });

  it('a form of an operator that its rule does not cover', () => {
    expect(() => buildGradientGraph(graphWith('Gather'), { upstream, withRespectTo: ['x'] })).toThrow(
      'the gradient of "/Gather" (Gather) is defined for axis 0, not 1',
    );
  });

  it('to sum a repeated operand whose shape the graph does not tell', () => {
    const builder = new GraphBuilder('unknown');
    const x = builder.input('x', 'float32', [1]);
    const shape = builder.input('shape', 'int64', [2]);
    builder.node('/Expand', 'Expand', [x, shape], {}, 'y');
    builder.output('y', 'float32', ['rows', 'columns']);
    expect(() => buildGradientGraph(builder.build(), { upstream, withRespectTo: ['x'] })).toThrow(
      'the gradient of "/Expand" (Expand) needs the shape of "y"',
    );
  });
});
