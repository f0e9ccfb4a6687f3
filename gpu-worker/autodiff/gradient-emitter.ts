import type { Attributes, RuleContext } from '#gpu-worker/autodiff/gradient-rule.ts';
import { type KnownValues, shapeContext } from '#gpu-worker/autodiff/infer-shapes.ts';
import type { GraphNode } from '#gpu-worker/onnx/graph.ts';
import type { GraphBuilder, Value } from '#gpu-worker/onnx/graph-builder.ts';
import type { Operator } from '#gpu-worker/onnx/operators.ts';

/** Adds nodes of a gradient to a graph, at the forward node's address behind `/gradient`, and constants once each. */
export class GradientEmitter {
  readonly #builder: GraphBuilder;
  readonly #constants = new Map<string, Value>();
  readonly #used = new Map<string, number>();

  constructor(builder: GraphBuilder) {
    this.#builder = builder;
  }

  emit(path: string, operator: Operator, inputs: readonly Value[], attributes: Attributes = {}): Value {
    return this.#builder.node(this.#address(path, operator), operator, inputs, attributes);
  }

  emitSeveral(
    path: string,
    operator: Operator,
    inputs: readonly Value[],
    outputs: number,
    attributes: Attributes = {},
  ): Value[] {
    return this.#builder.nodeWithOutputs(this.#address(path, operator), operator, inputs, outputs, attributes);
  }

  float(value: number): Value {
    return this.#constant(`/gradient/constants/float32_${value}`, (name) => this.#builder.float32(name, [], [value]));
  }

  ints(values: readonly number[]): Value {
    return this.#constant(`/gradient/constants/int64_${values.join('_')}`, (name) => this.#builder.int64(name, values));
  }

  /** What a rule sees of `node`. `gradientOf` gives null where nothing depends on an output. */
  contextOf(node: GraphNode, values: KnownValues, gradientOf: (output: Value) => Value | null): RuleContext {
    const output = (index: number) => node.outputs[index] ?? '';
    const emit: RuleContext['emit'] = (operator, inputs, attributes) =>
      this.emit(node.name, operator, inputs, attributes);
    return {
      ...shapeContext(node, values),
      input: (index) => node.inputs[index] ?? '',
      output,
      hasInput: (index) => (node.inputs[index] ?? '') !== '',
      hasUpstream: (index) => gradientOf(output(index)) !== null,
      upstream: (index = 0) =>
        gradientOf(output(index)) ?? emit('Expand', [this.float(0), emit('Shape', [output(index)])]),
      emit,
      emitSeveral: (operator, inputs, outputs, attributes) =>
        this.emitSeveral(node.name, operator, inputs, outputs, attributes),
      float: (value) => this.float(value),
      ints: (...integers) => this.ints(integers),
    };
  }

  #address(path: string, operator: Operator): string {
    const address = `/gradient${path.startsWith('/') ? '' : '/'}${path}/${operator}`;
    const times = this.#used.get(address) ?? 0;
    this.#used.set(address, times + 1);
    return times === 0 ? address : `${address}_${times}`;
  }

  #constant(name: string, make: (name: string) => Value): Value {
    const known = this.#constants.get(name);
    if (known !== undefined) return known;
    const made = make(name);
    this.#constants.set(name, made);
    return made;
  }
}
