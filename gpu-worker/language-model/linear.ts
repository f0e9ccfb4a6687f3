import { storedInitializer, type WeightManifest } from '#gpu-worker/language-model/weight-manifest.ts';
import type { GraphBuilder, Value } from '#gpu-worker/onnx/graph-builder.ts';

/** Rows that several linear layers read, [rows, K] in the layers' type; quantised at most once, when the first int8 layer reads them. */
export interface LinearInput {
  readonly rows: Value;
  readonly quantise: () => QuantisedRows;
}

/** uint8 [rows, K] with zero point 128, and float32 [rows, 1]: rows ≈ (quantised − 128) · scale. `scales` and `zeroPoints` are the same per row, [rows]. */
interface QuantisedRows {
  readonly rows: Value;
  readonly scale: Value;
  readonly scales: Value;
  readonly zeroPoints: Value;
}

/** Builds the linear layers of one graph; each in the precision that its stored weight has. */
export interface LinearLayers {
  prepare(path: string, rows: Value): LinearInput;
  /** rows · Wᵀ + b: [rows, N] in the type of the rows. `stored` is the tensor's name in the manifest, without `.weight`; `outputName` replaces the value's address. */
  apply(path: string, input: LinearInput, stored: string, outputName?: string): Value;
}

/** Smallest absolute row maximum that is divided by: an all-zero row must not give 0/0. */
const rowMaximumFloor = 1e-20;

export function createLinearLayers(builder: GraphBuilder, manifest: WeightManifest): LinearLayers {
  const constants = manifest.precision === 'int8' ? declareConstants(builder) : null;
  return {
    prepare(path, rows) {
      let quantised: QuantisedRows | null = null;
      return {
        rows,
        quantise() {
          if (constants === null) throw new Error(`"${path}" reads int8 weights in a graph of floating-point ones`);
          quantised ??= quantiseRows(builder, constants, path, rows);
          return quantised;
        },
      };
    },
    apply(path, input, stored, outputName) {
      const int8 = manifest.tensors[`${stored}.weight`]?.type === 'int8';
      return int8 && constants !== null
        ? int8Layer(builder, manifest, constants, path, input, stored, outputName)
        : floatLayer(builder, manifest, path, input, stored, outputName);
    },
  };
}

/** The weights have the type of the rows, float32 or float16. */
function floatLayer(
  builder: GraphBuilder,
  manifest: WeightManifest,
  path: string,
  input: LinearInput,
  stored: string,
  outputName: string | undefined,
): Value {
  const inputs = [input.rows, storedInitializer(builder, manifest, `${stored}.weight`)];
  if (manifest.tensors[`${stored}.bias`] !== undefined) {
    inputs.push(storedInitializer(builder, manifest, `${stored}.bias`));
  }
  return builder.node(`${path}/Gemm`, 'Gemm', inputs, { transB: { int: 1 } }, outputName);
}

interface QuantisationConstants {
  readonly floor: Value;
  readonly steps: Value;
  readonly one: Value;
  readonly zeroPoint: Value;
  readonly zeroPointScalar: Value;
  readonly lastAxis: Value;
  /** Steps of the second term in one step of the first: its range is half a step to either side. */
  readonly finerSteps: Value;
}

function declareConstants(builder: GraphBuilder): QuantisationConstants {
  return {
    floor: builder.float32('/quantise/floor', [1], [rowMaximumFloor]),
    steps: builder.float32('/quantise/steps', [1], [127]),
    one: builder.float32('/quantise/one', [], [1]),
    zeroPoint: builder.uint8('/quantise/zero_point', [128], [1]),
    zeroPointScalar: builder.uint8('/quantise/zero_point_scalar', [128], []),
    lastAxis: builder.int64('/quantise/last_axis', [1]),
    finerSteps: builder.float32('/quantise/finer_steps', [1], [254]),
  };
}

/**
 * Symmetric, per row, so that a row's result never depends on the other rows of a run:
 *
 *     rows ─ Abs ─ ReduceMax ─ Max(floor) ─ Div(127) = scale [rows, 1]
 *     rows ─ QuantizeLinear(scale, 128, axis 0) = uint8 [rows, K]
 */
function quantiseRows(
  builder: GraphBuilder,
  constants: QuantisationConstants,
  path: string,
  rows: Value,
): QuantisedRows {
  const { floor, steps, zeroPoint, lastAxis } = constants;
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
  return { rows: quantised, scale, scales: flat, zeroPoints };
}

/**
 * Per-output-channel weights int8 [K, N] with scales [N]:
 *
 *     uint8 rows ─ MatMulIntegerToFloat(W, weight scale) ─ Mul(row scale) [─ Add(b)]
 *
 * uint8 × int8 is the pair with fast kernels (VNNI, AMX); int8 × int8 falls to a naive one, 17 times slower.
 */
function int8Layer(
  builder: GraphBuilder,
  manifest: WeightManifest,
  constants: QuantisationConstants,
  path: string,
  input: LinearInput,
  stored: string,
  outputName: string | undefined,
): Value {
  const quantised = input.quantise();
  const weight = storedInitializer(builder, manifest, `${stored}.weight`);
  const weightScale = storedInitializer(builder, manifest, `${stored}.scale`);
  const multiply = (name: string, rows: Value): Value =>
    builder.node(`${path}/${name}`, 'MatMulIntegerToFloat', [
      rows,
      weight,
      constants.one,
      weightScale,
      constants.zeroPointScalar,
    ]);
  let product = multiply('MatMulIntegerToFloat', quantised.rows);
  if (manifest.twoTermInputs?.includes(stored)) {
    const finer = multiply(
      'finer/MatMulIntegerToFloat',
      quantiseRemainder(builder, constants, path, input.rows, quantised),
    );
    const inSteps = builder.node(`${path}/finer/Div`, 'Div', [finer, constants.finerSteps]);
    product = builder.node(`${path}/finer/Add`, 'Add', [product, inSteps]);
  }
  const biased = manifest.tensors[`${stored}.bias`] !== undefined;
  const scaled = builder.node(`${path}/Mul`, 'Mul', [product, quantised.scale], {}, biased ? undefined : outputName);
  if (!biased) return scaled;
  const bias = storedInitializer(builder, manifest, `${stored}.bias`);
  return builder.node(`${path}/Add`, 'Add', [scaled, bias], {}, outputName);
}

/** What the first term rounded away, in steps 254 times finer: rows − dequantised lies within half a step, which int8 covers exactly. */
function quantiseRemainder(
  builder: GraphBuilder,
  constants: QuantisationConstants,
  path: string,
  rows: Value,
  first: QuantisedRows,
): Value {
  const axis = { axis: { int: 0 } };
  const kept = builder.node(
    `${path}/finer/DequantizeLinear`,
    'DequantizeLinear',
    [first.rows, first.scales, first.zeroPoints],
    axis,
  );
  const remainder = builder.node(`${path}/finer/Sub`, 'Sub', [rows, kept]);
  const scales = builder.node(`${path}/finer/scales/Div`, 'Div', [first.scales, constants.finerSteps]);
  return builder.node(`${path}/finer/QuantizeLinear`, 'QuantizeLinear', [remainder, scales, first.zeroPoints], axis);
}
