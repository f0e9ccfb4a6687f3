import { GradientEmitter } from '#gpu-worker/autodiff/gradient-emitter.ts';
import type { GradientRule, Shape } from '#gpu-worker/autodiff/gradient-rule.ts';
import { gradientRules } from '#gpu-worker/autodiff/gradient-rules.ts';
import { inferShapes, type KnownValues } from '#gpu-worker/autodiff/infer-shapes.ts';
import { reduceToShape } from '#gpu-worker/autodiff/reduce-to-shape.ts';
import type { Graph, GraphNode } from '#gpu-worker/onnx/graph.ts';
import { GraphBuilder, type Value } from '#gpu-worker/onnx/graph-builder.ts';
import type { Operator } from '#gpu-worker/onnx/operators.ts';

/** dL/d(a graph output): an input of the gradient graph, named `gradientName(output)`, or the same number for every element. */
export interface Upstream {
  readonly output: Value;
  readonly gradient: 'input' | { readonly constant: number };
}

export interface GradientRequest {
  readonly upstream: readonly Upstream[];
  /** Inputs of the forward graph. */
  readonly withRespectTo: readonly Value[];
}

/** The name under which the gradient of a value enters or leaves a gradient graph. */
export function gradientName(value: Value): string {
  return `${value}_gradient`;
}

/**
 * Reverse-mode differentiation: the forward graph with its inputs and outputs, and behind it the nodes that compute dL/d(`withRespectTo`) as
 * outputs `gradientName(input)`, float32 in the input's shape. Nothing is added for values that do not lead from `withRespectTo` to an
 * upstream output. Throws for an operator on the way that has no gradient, and for an input on which no upstream output depends.
 */
export function buildGradientGraph(forward: Graph, request: GradientRequest): Graph {
  const leading = leadingValues(forward, request.withRespectTo);
  refuseForbidden(forward, leading, request.upstream);
  const builder = GraphBuilder.continuing(forward, `${forward.name}_gradient`);
  const walk = new BackwardWalk(builder, inferShapes(forward), leading);
  for (const { output, gradient } of request.upstream) walk.seed(forward, output, gradient);
  for (const node of forward.nodes.toReversed()) walk.visit(node);
  for (const name of request.withRespectTo) {
    const input = forward.inputs.find((candidate) => candidate.name === name);
    const gradient = walk.gradientOf(name);
    if (input === undefined) throw new Error(`"${name}" is not an input of the graph "${forward.name}"`);
    if (gradient === null) throw new Error(`no upstream output of the graph "${forward.name}" depends on "${name}"`);
    builder.node(`/gradient/outputs/${name}/Identity`, 'Identity', [gradient], {}, gradientName(name));
    builder.output(gradientName(name), input.type, input.shape);
  }
  return builder.build();
}

/** Values that depend on one of `sources` through operators that hand gradients back. */
function leadingValues(graph: Graph, sources: readonly Value[]): ReadonlySet<Value> {
  const leading = new Set(sources);
  for (const node of graph.nodes) {
    if ('noGradient' in gradientRules[node.operator as Operator]) continue;
    if (node.inputs.some((input) => leading.has(input))) for (const output of node.outputs) leading.add(output);
  }
  return leading;
}

/** Before anything is built, so that the reason is given and not a consequence of it. */
function refuseForbidden(graph: Graph, leading: ReadonlySet<Value>, upstream: readonly Upstream[]): void {
  const needed = new Set(upstream.map(({ output }) => output));
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((output) => leading.has(output) && needed.has(output))) continue;
    const rule = gradientRules[node.operator as Operator];
    if ('forbidden' in rule) {
      throw new Error(`"${node.name}" (${node.operator}) cannot be differentiated: ${rule.forbidden}`);
    }
    for (const input of node.inputs) needed.add(input);
  }
}

/** Collects what arrives at each value and hands it on, from the last node to the first. */
class BackwardWalk {
  readonly #builder: GraphBuilder;
  readonly #emitter: GradientEmitter;
  readonly #values: KnownValues;
  readonly #leading: ReadonlySet<Value>;
  readonly #arrived = new Map<Value, Value[]>();

  constructor(builder: GraphBuilder, values: KnownValues, leading: ReadonlySet<Value>) {
    this.#builder = builder;
    this.#emitter = new GradientEmitter(builder);
    this.#values = values;
    this.#leading = leading;
  }

  seed(forward: Graph, name: Value, gradient: Upstream['gradient']): void {
    const output = forward.outputs.find((candidate) => candidate.name === name);
    if (output === undefined) throw new Error(`"${name}" is not an output of the graph "${forward.name}"`);
    if (gradient === 'input') {
      this.#add(name, this.#builder.input(gradientName(name), output.type, output.shape));
      return;
    }
    const path = `/upstream/${name}`;
    const shape = this.#emitter.emit(path, 'Shape', [name]);
    this.#add(name, this.#emitter.emit(path, 'Expand', [this.#emitter.float(gradient.constant), shape]));
  }

  visit(node: GraphNode): void {
    const wanted = node.outputs.some((output) => this.#leading.has(output) && this.#arrived.has(output));
    if (!wanted) return;
    const rule = gradientRules[node.operator as Operator];
    if (!('gradients' in rule)) return;
    const context = this.#emitter.contextOf(node, this.#values, (output) => this.gradientOf(output));
    const gradients = rule.gradients(context);
    for (const [index, input] of node.inputs.entries()) {
      if (!this.#leading.has(input)) continue;
      const gradient = gradients[index];
      if (!gradient)
        throw new Error(`"${node.name}" (${node.operator}) has no gradient for its input ${index}, "${input}"`);
      this.#add(input, this.#unbroadcast(node, rule, index, gradient()));
    }
  }

  /** Accumulation: the sum of all that arrived at a value; null when nothing did. */
  gradientOf(value: Value): Value | null {
    const arrived = this.#arrived.get(value);
    if (arrived === undefined) return null;
    const sum = arrived.reduce((left, right) => this.#emitter.emit(`/sum/${value}`, 'Add', [left, right]));
    this.#arrived.set(value, [sum]);
    return sum;
  }

  #unbroadcast(node: GraphNode, rule: GradientRule, index: number, gradient: Value): Value {
    const kind = rule.broadcast?.[index] ?? 'none';
    if (kind === 'none') return gradient;
    const known = (value: Value): NonNullable<Shape> => {
      const shape = this.#values.shapeOf(value);
      if (shape === null)
        throw new Error(`the gradient of "${node.name}" (${node.operator}) needs the shape of "${value}"`);
      return shape;
    };
    const to = known(node.inputs[index] ?? '');
    const output = known(node.outputs[0] ?? '');
    const from = kind === 'batch' ? [...output.slice(0, -2), ...to.slice(-2)] : output;
    return reduceToShape(this.#emitter, node.name, gradient, from, to);
  }

  #add(value: Value, gradient: Value): void {
    this.#arrived.set(value, [...(this.#arrived.get(value) ?? []), gradient]);
  }
}
