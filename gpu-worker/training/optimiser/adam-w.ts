/** AdamW with decoupled weight decay (Loshchilov and Hutter 2019). */
export interface AdamWSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Per step and unit of learning rate. */
  readonly weightDecay: number;
}

/** Values of one tensor with its running means of gradient and squared gradient, all of one length. Written in place. */
export interface TrainedTensor {
  readonly values: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
}

export function trainedTensor(values: Float32Array): TrainedTensor {
  return { values, first: new Float32Array(values.length), second: new Float32Array(values.length) };
}

/**
 * One step in the order of torch: p ← p (1 − lr · decay), then p ← p − lr · m̂ / (√v̂ + ε). Arithmetic is float64, rounded to float32 when
 * stored.
 *
 * @param gradient null for all zeros: momentum goes on
 * @param step counted from 1, for the correction of the means' start at zero
 */
export function stepAdamW(
  tensor: TrainedTensor,
  gradient: Float32Array | null,
  step: number,
  learningRate: number,
  settings: AdamWSettings,
): void {
  const { values, first, second } = tensor;
  if (gradient !== null && gradient.length !== values.length) {
    throw new Error(`a gradient of ${gradient.length} values for a tensor of ${values.length}`);
  }
  const { beta1, beta2, epsilon, weightDecay } = settings;
  const stepSize = learningRate / (1 - beta1 ** step);
  const secondScale = 1 / Math.sqrt(1 - beta2 ** step);
  const kept = 1 - learningRate * weightDecay;
  for (let index = 0; index < values.length; index += 1) {
    const slope = gradient?.[index] ?? 0;
    const mean = beta1 * (first[index] ?? 0) + (1 - beta1) * slope;
    const square = beta2 * (second[index] ?? 0) + (1 - beta2) * slope * slope;
    first[index] = mean;
    second[index] = square;
    values[index] = (values[index] ?? 0) * kept - (stepSize * mean) / (Math.sqrt(square) * secondScale + epsilon);
  }
}
