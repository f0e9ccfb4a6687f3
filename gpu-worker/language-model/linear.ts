import { storedInitializer, type WeightManifest } from '#gpu-worker/language-model/weight-manifest.ts';
import type { GraphBuilder, Value } from '#gpu-worker/onnx/graph-builder.ts';

/** Rows that several linear layers read: float32 [rows, K], and for int8 graphs the same rows quantised once. */
export interface LinearInput {
  readonly rows: Value;
  /** uint8 [rows, K] with zero point 128, and float32 [rows, 1]: rows ≈ (quantised − 128) · scale. */
  readonly quantised: { readonly rows: Value; readonly scale: Value } | null;
}

/** Builds the linear layers of one graph in the manifest's precision. */
export interface LinearLayers {
  prepare(path: string, rows: Value): LinearInput;
  /** rows · Wᵀ + b: float32 [rows, N]. `stored` is the tensor's name in the manifest, without `.weight`; `outputName` replaces the value's address. */
  apply(path: string, input: LinearInput, stored: string, outputName?: string): Value;
}

/** Smallest absolute row maximum that is divided by: an all-zero row must not give 0/0. */
const rowMaximumFloor = 1e-20;

export function createLinearLayers(builder: GraphBuilder, manifest: WeightManifest): LinearLayers {
  return manifest.precision === 'fp32' ? fp32Layers(builder, manifest) : int8Layers(builder, manifest);
}

function fp32Layers(builder: GraphBuilder, manifest: WeightManifest): LinearLayers {
  return {
    prepare: (_path, rows) => ({ rows, quantised: null }),
    apply(path, input, stored, outputName) {
      const inputs = [input.rows, storedInitializer(builder, manifest, `${stored}.weight`)];
      if (manifest.tensors[`${stored}.bias`] !== undefined) {
        inputs.push(storedInitializer(builder, manifest, `${stored}.bias`));
      }
      return builder.node(`${path}/Gemm`, 'Gemm', inputs, { transB: { int: 1 } }, outputName);
    },
  };
}

/**
 * Per-row activations, per-output-channel weights:
 *
 *     rows ─ Abs ─ ReduceMax ─ Max(floor) ─ Div(127) = scale [rows, 1]
 *     rows ─ QuantizeLinear(scale, 128, axis 0) = uint8 ─ MatMulIntegerToFloat(W int8 [K, N], weight scale [N]) ─ Mul(scale) [─ Add(b)]
 *
 * uint8 × int8 is the pair with fast kernels (VNNI, AMX); int8 × int8 falls to a naive one. Per row, not per tensor, so that a
 * row's result never depends on the other rows of a run.
 */
function int8Layers(builder: GraphBuilder, manifest: WeightManifest): LinearLayers {
  const floor = builder.float32('/quantise/floor', [1], [rowMaximumFloor]);
  const steps = builder.float32('/quantise/steps', [1], [127]);
  const one = builder.float32('/quantise/one', [], [1]);
  const zeroPoint = builder.uint8('/quantise/zero_point', [128], [1]);
  const zeroPointScalar = builder.uint8('/quantise/zero_point_scalar', [128], []);
  const lastAxis = builder.int64('/quantise/last_axis', [1]);
  return {
    prepare(path, rows) {
      const magnitude = builder.node(`${path}/Abs`, 'Abs', [rows]);
      const maximum = builder.node(`${path}/ReduceMax`, 'ReduceMax', [magnitude, lastAxis], { keepdims: { int: 1 } });
      const clamped = builder.node(`${path}/Max`, 'Max', [maximum, floor]);
      const scale = builder.node(`${path}/Div`, 'Div', [clamped, steps]);
      const flat = builder.node(`${path}/Squeeze`, 'Squeeze', [scale, lastAxis]);
      const shape = builder.node(`${path}/Shape`, 'Shape', [flat]);
      const zeroPoints = builder.node(`${path}/Expand`, 'Expand', [zeroPoint, shape]);
      const quantised = builder.node(`${path}/QuantizeLinear`, 'QuantizeLinear', [rows, flat, zeroPoints], {
        axis: { int: 0 },
      });
      return { rows, quantised: { rows: quantised, scale } };
    },
    apply(path, input, stored, outputName) {
      if (input.quantised === null) throw new Error(`linear layer "${path}" was given rows that are not quantised`);
      const weight = storedInitializer(builder, manifest, `${stored}.weight`);
      const weightScale = storedInitializer(builder, manifest, `${stored}.scale`);
      const product = builder.node(`${path}/MatMulIntegerToFloat`, 'MatMulIntegerToFloat', [
        input.quantised.rows,
        weight,
        one,
        weightScale,
        zeroPointScalar,
      ]);
      const biased = manifest.tensors[`${stored}.bias`] !== undefined;
      const scaled = builder.node(
        `${path}/Mul`,
        'Mul',
        [product, input.quantised.scale],
        {},
        biased ? undefined : outputName,
      );
      if (!biased) return scaled;
      const bias = storedInitializer(builder, manifest, `${stored}.bias`);
      return builder.node(`${path}/Add`, 'Add', [scaled, bias], {}, outputName);
    },
  };
}
