import {
  type AttributeValue,
  type Dimension,
  type ElementType,
  elementBytes,
  type Graph,
  type GraphNode,
  type Initializer,
  type InitializerData,
  type ValueInfo,
} from '#gpu-worker/onnx/graph.ts';
import type { Operator } from '#gpu-worker/onnx/operators.ts';

/** A value inside a graph under construction: its name, as nodes refer to it. */
export type Value = string;

/** Collects nodes and initializers; a name used twice, of a value or of a node, throws, since names are addresses. */
export class GraphBuilder {
  readonly #name: string;
  readonly #names = new Set<string>();
  readonly #paths = new Set<string>();
  readonly #inputs: ValueInfo[] = [];
  readonly #outputs: ValueInfo[] = [];
  readonly #nodes: GraphNode[] = [];
  readonly #initializers: Initializer[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  /** A builder that holds all of `graph` already, to add to it. */
  static continuing(graph: Graph, name: string): GraphBuilder {
    const builder = new GraphBuilder(name);
    for (const { name: input, type, shape } of graph.inputs) builder.input(input, type, shape);
    for (const { name: initializer, type, shape, data } of graph.initializers) {
      builder.initializer(initializer, type, shape, data);
    }
    for (const { name: path, operator, inputs, outputs, attributes } of graph.nodes) {
      builder.#push(path, operator, inputs, outputs, attributes);
    }
    for (const { name: output, type, shape } of graph.outputs) builder.output(output, type, shape);
    return builder;
  }

  input(name: string, type: ElementType, shape: readonly Dimension[]): Value {
    this.#claim(name);
    this.#inputs.push({ name, type, shape });
    return name;
  }

  /** Declares a computed value a graph output, under its own name. */
  output(name: Value, type: ElementType, shape: readonly Dimension[]): void {
    if (this.#outputs.some((output) => output.name === name))
      throw new Error(`graph "${this.#name}" declares the output "${name}" twice`);
    this.#outputs.push({ name, type, shape });
  }

  /** One node with one output, `{path}/output_0`, or the name that is given. */
  node(
    path: string,
    operator: Operator,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    outputName?: string,
  ): Value {
    const output = outputName ?? `${path}/output_0`;
    this.#push(path, operator, inputs, [output], attributes);
    return output;
  }

  /** One node with several outputs, named `{path}/output_N` unless names are given. */
  nodeWithOutputs(
    path: string,
    operator: Operator,
    inputs: readonly Value[],
    outputs: number | readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): Value[] {
    const names =
      typeof outputs === 'number' ? Array.from({ length: outputs }, (_, n) => `${path}/output_${n}`) : [...outputs];
    this.#push(path, operator, inputs, names, attributes);
    return names;
  }

  initializer(name: string, type: ElementType, shape: readonly number[], data: InitializerData): Value {
    const expected = shape.reduce((product, size) => product * size, 1) * elementBytes[type];
    const actual = data.kind === 'inline' ? data.bytes.byteLength : data.length;
    if (expected !== actual) {
      throw new Error(`initializer "${name}" of ${type} [${shape.join(', ')}] needs ${expected} bytes, got ${actual}`);
    }
    this.#claim(name);
    this.#initializers.push({ name, type, shape, data });
    return name;
  }

  float32(name: string, shape: readonly number[], values: Float32Array | readonly number[]): Value {
    return this.initializer(name, 'float32', shape, { kind: 'inline', bytes: bytesOf(Float32Array.from(values)) });
  }

  int64(name: string, values: readonly number[], shape: readonly number[] = [values.length]): Value {
    return this.initializer(name, 'int64', shape, {
      kind: 'inline',
      bytes: bytesOf(BigInt64Array.from(values, BigInt)),
    });
  }

  uint8(name: string, values: readonly number[], shape: readonly number[] = [values.length]): Value {
    return this.initializer(name, 'uint8', shape, { kind: 'inline', bytes: Uint8Array.from(values) });
  }

  build(): Graph {
    for (const { name } of this.#outputs) {
      if (!this.#names.has(name))
        throw new Error(`graph "${this.#name}" declares the output "${name}", which no node makes`);
    }
    return {
      name: this.#name,
      inputs: this.#inputs,
      outputs: this.#outputs,
      nodes: this.#nodes,
      initializers: this.#initializers,
    };
  }

  #push(
    path: string,
    operator: string,
    inputs: readonly Value[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>>,
  ): void {
    for (const input of inputs) {
      if (input !== '' && !this.#names.has(input))
        throw new Error(`node "${path}" reads "${input}", which nothing makes`);
    }
    if (this.#paths.has(path)) throw new Error(`graph "${this.#name}" has two nodes named "${path}"`);
    this.#paths.add(path);
    for (const output of outputs) this.#claim(output);
    this.#nodes.push({ name: path, operator, inputs, outputs, attributes });
  }

  #claim(name: string): void {
    if (name === '') return;
    if (this.#names.has(name)) throw new Error(`graph "${this.#name}" uses the name "${name}" twice`);
    this.#names.add(name);
  }
}

function bytesOf(values: Float32Array | BigInt64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
