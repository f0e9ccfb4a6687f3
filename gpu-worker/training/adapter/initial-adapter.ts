import { type SeededRandom, seededRandom } from '#gpu-worker/training/seeded-random.ts';
import type { AdapterConfig } from '#shared/adapter-file/adapter-config.ts';
import type { AdapterAttention, AdapterFile, AdapterMlp } from '#shared/adapter-file/adapter-file.ts';

/** Logit of an exact token match in the untrained attention: e¹⁰ times the weight of an orthogonal token (method.md section 6). */
const exactMatchLogit = 10;

export interface InitialAdapterOptions {
  readonly config: AdapterConfig;
  readonly hiddenSize: number;
  readonly seed: number;
  /** Mean over the vocabulary of |E[id]|², which scales the attention's start. */
  readonly meanSquaredNorm: number;
  /** Embeddings of the instruction, float32 [n, D]: where a soft prompt starts. */
  readonly instruction: Float32Array;
}

/**
 * An untrained adapter that is useful at once (method.md section 6, Initialisation): hints are the selected (R) or attended (A) embeddings
 * themselves, since the MLP's last layer is zero and the module residual; a soft prompt is the instruction. E' has no row of its own yet.
 */
export function initialAdapter(options: InitialAdapterOptions): AdapterFile {
  const { config, hiddenSize, seed } = options;
  const random = seededRandom(seed, 'initial adapter', 0);
  if (config.method === 'soft-prompt') {
    const count = options.instruction.length / hiddenSize;
    const softPrompt = { count, values: options.instruction.slice() };
    return { config, hiddenSize, embedding: null, mlp: null, attention: null, softPrompt };
  }
  const embedding = { kind: 'rows' as const, rows: new Int32Array(0), values: new Float32Array(0) };
  const attention = config.method === 'attend' ? identityAttention(options) : null;
  return { config, hiddenSize, embedding, mlp: zeroEndedMlp(hiddenSize, random), attention, softPrompt: null };
}

/** First layer as torch initialises `Linear` (uniform within 1/√D), second layer zero. */
function zeroEndedMlp(width: number, random: SeededRandom): AdapterMlp {
  const bound = 1 / Math.sqrt(width);
  const uniform = (length: number) => Float32Array.from({ length }, () => (2 * random.uniform() - 1) * bound);
  return {
    firstWeight: uniform(width * width),
    firstBias: uniform(width),
    secondWeight: new Float32Array(width * width),
    secondBias: new Float32Array(width),
  };
}

/** Value and output projections are the identity, query and key projections c · identity, biases zero. */
function identityAttention({ config, hiddenSize, meanSquaredNorm }: InitialAdapterOptions): AdapterAttention {
  const headSize = hiddenSize / config.heads;
  // One head sees a share of the norm: logit = c² · |E|² / heads / √headSize.
  const scale = Math.sqrt((exactMatchLogit * Math.sqrt(headSize) * config.heads) / meanSquaredNorm);
  const inProjectionWeight = new Float32Array(3 * hiddenSize * hiddenSize);
  const outProjectionWeight = new Float32Array(hiddenSize * hiddenSize);
  for (let n = 0; n < hiddenSize; n += 1) {
    const diagonal = n * hiddenSize + n;
    inProjectionWeight[diagonal] = scale;
    inProjectionWeight[hiddenSize * hiddenSize + diagonal] = scale;
    inProjectionWeight[2 * hiddenSize * hiddenSize + diagonal] = 1;
    outProjectionWeight[diagonal] = 1;
  }
  return {
    inProjectionWeight,
    inProjectionBias: new Float32Array(3 * hiddenSize),
    outProjectionWeight,
    outProjectionBias: new Float32Array(hiddenSize),
  };
}
