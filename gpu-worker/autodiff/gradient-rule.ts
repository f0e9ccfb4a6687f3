import type { AttributeValue, Dimension, GraphNode } from '#gpu-worker/onnx/graph.ts';
import type { Value } from '#gpu-worker/onnx/graph-builder.ts';
import type { Operator } from '#gpu-worker/onnx/operators.ts';

/** Sizes of a value, null where they cannot be told from the graph. A size that is known at run time only never is a broadcast one. */
export type Shape = readonly Dimension[] | null;

/** What a rule may ask about its node's operands before any gradient exists. */
export interface ShapeContext {
  readonly node: GraphNode;
  /** Shape of input `index`; null when it is unknown or left out. */
  inputShape(index: number): Shape;
  /** The integers of input `index` when they are a constant of the graph, else null. */
  constant(index: number): readonly number[] | null;
}

export interface RuleContext extends ShapeContext {
  input(index: number): Value;
  output(index: number): Value;
  /** Whether input `index` is there: optional ones may be left out. */
  hasInput(index: number): boolean;
  /** Whether anything that is differentiated depends on output `index`. */
  hasUpstream(index: number): boolean;
  /** dL/d(output `index`), zeros of its shape when nothing depends on it. */
  upstream(index?: number): Value;
  /** One node of the gradient; its address is the forward node's behind `/gradient`. */
  emit(operator: Operator, inputs: readonly Value[], attributes?: Attributes): Value;
  emitSeveral(operator: Operator, inputs: readonly Value[], outputs: number, attributes?: Attributes): Value[];
  /** A float32 scalar. */
  float(value: number): Value;
  /** An int64 vector. */
  ints(...values: readonly number[]): Value;
}

export type Attributes = Readonly<Record<string, AttributeValue>>;

/**
 * dL/d(inputs) of one operator from dL/d(outputs). `gradients` gives one function per input, null for inputs without a gradient (indices,
 * shapes); only those that are needed are called. Where an input may be broadcast, `broadcast` says so and the walk sums the surplus away: the
 * rule returns a gradient of the output's shape (`all`), or of the output's shape but for the last two axes (`batch`).
 */
export interface GradientRule {
  readonly shapes: (context: ShapeContext) => readonly Shape[];
  readonly broadcast?: readonly ('all' | 'batch' | 'none')[];
  readonly gradients: (context: RuleContext) => readonly ((() => Value) | null)[];
  /** Examples that the finite-difference test runs; at least one. */
  readonly cases: readonly RuleCase[];
}

/** An operand of an example: a shape of random float32 values that is differentiated, the same held constant, integers, or nothing. */
export type CaseInput =
  | readonly number[]
  | { readonly constant: readonly number[] }
  | { readonly ints: readonly number[] | readonly (readonly number[])[] }
  | null;

export interface RuleCase {
  readonly name: string;
  readonly inputs: readonly CaseInput[];
  readonly attributes?: Attributes;
  /** Outputs of the node, 1 when not given. */
  readonly outputs?: number;
  /** Where the random values lie: Relu has a kink at 0, Sqrt ends there, Div has a pole. `any` when not given. */
  readonly domain?: 'any' | 'positive' | 'away-from-zero';
}

/** `noGradient`: the derivative is zero or has no meaning, nothing flows back. `forbidden`: a graph that differentiates it is refused. Both say why. */
export type RuleEntry = GradientRule | { readonly noGradient: string } | { readonly forbidden: string };
