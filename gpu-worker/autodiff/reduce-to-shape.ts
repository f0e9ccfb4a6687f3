import type { GradientEmitter } from '#gpu-worker/autodiff/gradient-emitter.ts';
import type { Dimension } from '#gpu-worker/onnx/graph.ts';
import type { Value } from '#gpu-worker/onnx/graph-builder.ts';

/**
 * Un-broadcasting: sums a gradient of shape `from` over the axes along which an operand of shape `to` was repeated. Only a size that is
 * the number 1 is ever repeated.
 *
 *     gradient ─ ReduceSum(added axes, dropped) ─ ReduceSum(repeated axes, kept)
 */
export function reduceToShape(
  emitter: GradientEmitter,
  path: string,
  gradient: Value,
  from: readonly Dimension[],
  to: readonly Dimension[],
): Value {
  const added = from.length - to.length;
  const repeated = to.flatMap((size, axis) => (size === 1 && from[axis + added] !== 1 ? [axis] : []));
  let reduced = gradient;
  if (added > 0) {
    const axes = emitter.ints(Array.from({ length: added }, (_, axis) => axis));
    reduced = emitter.emit(path, 'ReduceSum', [reduced, axes], { keepdims: { int: 0 } });
  }
  if (repeated.length > 0) {
    reduced = emitter.emit(path, 'ReduceSum', [reduced, emitter.ints(repeated)], { keepdims: { int: 1 } });
  }
  return reduced;
}
