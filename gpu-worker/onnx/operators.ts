/** ONNX operator sets that our graphs import: the standard one, and onnxruntime's own. */
export const operatorSetVersions = { '': 23, 'com.microsoft': 1 } as const;

export type OperatorDomain = keyof typeof operatorSetVersions;

/** Every operator that a graph of ours may hold, with its domain. The builder refuses others, so the gradient rules can be checked against this table. */
export const operatorDomains = {
  Abs: '',
  Add: '',
  Attention: '',
  Cast: '',
  Concat: '',
  DequantizeLinear: '',
  Div: '',
  Exp: '',
  Expand: '',
  Gather: '',
  GatherElements: '',
  Gemm: '',
  Greater: '',
  Identity: '',
  LogSoftmax: '',
  MatMul: '',
  Max: '',
  Mul: '',
  Neg: '',
  QuantizeLinear: '',
  ReduceMax: '',
  ReduceMean: '',
  ReduceSum: '',
  Relu: '',
  Reshape: '',
  RotaryEmbedding: '',
  ScatterElements: '',
  ScatterND: '',
  Shape: '',
  Sigmoid: '',
  // Registered by onnxruntime in the standard domain: RMS norm in one kernel, faster than RMSNormalization-23.
  SimplifiedLayerNormalization: '',
  Slice: '',
  Softmax: '',
  Split: '',
  Sqrt: '',
  Squeeze: '',
  Sub: '',
  Transpose: '',
  Trilu: '',
  Unsqueeze: '',
  Where: '',
  MatMulIntegerToFloat: 'com.microsoft',
} as const satisfies Record<string, OperatorDomain>;

export type Operator = keyof typeof operatorDomains;
