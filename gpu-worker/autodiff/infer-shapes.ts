import type { Shape, ShapeContext } from '#gpu-worker/autodiff/gradient-rule.ts';
import { gradientRules } from '#gpu-worker/autodiff/gradient-rules.ts';
import type { Graph, GraphNode, Initializer } from '#gpu-worker/onnx/graph.ts';
import type { Value } from '#gpu-worker/onnx/graph-builder.ts';
import type { Operator } from '#gpu-worker/onnx/operators.ts';

/** What is known of a graph's values before it runs. */
export interface KnownValues {
  /** null where the graph does not tell. */
  shapeOf(value: Value): Shape;
  /** The integers of a small constant, else null. */
  constantOf(value: Value): readonly number[] | null;
}

/** Shapes of all values that have one by the operators' rules; declared sizes keep their names. */
export function inferShapes(graph: Graph): KnownValues {
  const known = new Map<Value, Shape>();
  const constants = new Map<Value, readonly number[]>();
  for (const { name, shape } of graph.inputs) known.set(name, shape);
  for (const initializer of graph.initializers) {
    known.set(initializer.name, initializer.shape);
    const integers = readIntegers(initializer);
    if (integers !== null) constants.set(initializer.name, integers);
  }
  const values: KnownValues = {
    shapeOf: (value) => known.get(value) ?? null,
    constantOf: (value) => constants.get(value) ?? null,
  };
  for (const node of graph.nodes) {
    const rule = gradientRules[node.operator as Operator];
    if (!('shapes' in rule)) continue;
    const shapes = rule.shapes(shapeContext(node, values));
    for (const [index, output] of node.outputs.entries()) known.set(output, shapes[index] ?? null);
  }
  return values;
}

export function shapeContext(node: GraphNode, values: KnownValues): ShapeContext {
  return {
    node,
    inputShape: (index) => values.shapeOf(node.inputs[index] ?? ''),
    constant: (index) => values.constantOf(node.inputs[index] ?? ''),
  };
}

function readIntegers({ type, data }: Initializer): readonly number[] | null {
  if (type !== 'int64' || data.kind !== 'inline') return null;
  const { buffer, byteOffset, byteLength } = data.bytes;
  return Array.from(new BigInt64Array(buffer, byteOffset, byteLength / 8), Number);
}
