import type { Shape, ShapeContext } from '#gpu-worker/autodiff/gradient-rule.ts';
import type { Dimension } from '#gpu-worker/onnx/graph.ts';

/** Shape functions that several rules share. */
export const shapes = {
  /** Elementwise on input 0. */
  asInput: (context: ShapeContext): Shape[] => [context.inputShape(0)],
  /** Numpy broadcasting of inputs 0 and 1. */
  broadcast: (context: ShapeContext): Shape[] => [broadcastShape(context.inputShape(0), context.inputShape(1))],
  /** Input 0 with the axes of input 1 (or all) reduced. */
  reduced(context: ShapeContext): Shape[] {
    const shape = context.inputShape(0);
    const constant = context.constant(1);
    if (shape === null || constant === null) return [null];
    const axes = new Set(constant.map((axis) => axisOf(axis, shape.length)));
    const keep = integerAttribute(context, 'keepdims', 1) === 1;
    return [shape.flatMap((size, axis) => (axes.has(axis) ? (keep ? [1] : []) : [size]))];
  },
} as const;

export function broadcastShape(left: Shape, right: Shape): Shape {
  if (left === null || right === null) return null;
  const rank = Math.max(left.length, right.length);
  const sizeAt = (shape: readonly Dimension[], axis: number) => shape[axis - rank + shape.length] ?? 1;
  return Array.from({ length: rank }, (_, axis) => {
    const size = sizeAt(left, axis);
    return size === 1 ? sizeAt(right, axis) : size;
  });
}

/** Counts a negative axis from the end. */
export function axisOf(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

export function integerAttribute(context: ShapeContext, name: string, otherwise: number): number {
  const value = context.node.attributes[name];
  return value !== undefined && 'int' in value ? value.int : otherwise;
}

export function floatAttribute(context: ShapeContext, name: string, otherwise: number): number {
  const value = context.node.attributes[name];
  return value !== undefined && 'float' in value ? value.float : otherwise;
}

/** The shape of input `index`, or an error that says which rule needs it. */
export function knownShape(context: ShapeContext, index: number): readonly Dimension[] {
  const shape = context.inputShape(index);
  if (shape === null) {
    const { name, operator, inputs } = context.node;
    throw new Error(`the gradient of "${name}" (${operator}) needs the shape of "${inputs[index]}", which is unknown`);
  }
  return shape;
}
