import type { ElementType } from '#gpu-worker/onnx/graph.ts';

/** `TensorProto.DataType` of ONNX. */
export const elementTypeCodes: Readonly<Record<ElementType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
};
