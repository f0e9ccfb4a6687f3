import { ConfigFields, checkConfig, configMaxima } from '#gpu-worker/language-model/config-fields.ts';
import { ggufRopeScaling } from '#gpu-worker/language-model/gguf-rope-scaling.ts';
import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import type { GgufFile } from '#gpu-worker/weights/open-gguf.ts';
import { weightsFault } from '#gpu-worker/weights/weights-fault.ts';

/** Architectures that are read; Mistral models are converted as `llama`. */
const families: Readonly<Record<string, ModelConfig['family']>> = { llama: 'llama', qwen2: 'qwen2', qwen3: 'qwen3' };
/** Where `rope.freq_base` is missing, as in files converted from Llama 1. */
const ropeThetaDefault = 10_000;

/**
 * A model's configuration from GGUF metadata. What the metadata does not say is read off the tensors: the vocabulary's size, whether
 * the head is tied, and which biases there are.
 * @throws ServiceError `invalid_weights` naming the key, its value and what it must be
 */
export function ggufModelConfig(file: GgufFile): ModelConfig {
  const place = file.label;
  const architecture = file.metadata.get('general.architecture');
  const family =
    typeof architecture === 'string' && Object.hasOwn(families, architecture) ? families[architecture] : undefined;
  const outer = new ConfigFields(place, (name) => file.metadata.get(name));
  if (family === undefined)
    throw outer.fault(
      'general.architecture',
      architecture,
      `one of the supported architectures: ${Object.keys(families).join(', ')}`,
    );
  const parts = outer.raw('split.count') ?? 1;
  if (parts !== 1 && parts !== 0)
    throw outer.fault('split.count', parts, '1 (merge the parts of a split model into one file)');
  const fields = new ConfigFields(place, (name) => decimal(file.metadata.get(`${architecture}.${name}`)));
  refuseUnsupported(fields);
  const hiddenSize = fields.size('embedding_length', configMaxima.width);
  const queryHeads = fields.size('attention.head_count', configMaxima.heads);
  const headSize = headSizeOf(fields, hiddenSize / queryHeads);
  const ropeTheta = fields.positive('rope.freq_base', ropeThetaDefault);
  const has = (name: string) => file.tensors.has(name);
  return checkConfig(place, {
    family,
    layers: fields.size('block_count', configMaxima.layers),
    hiddenSize,
    queryHeads,
    keyValueHeads: fields.size('attention.head_count_kv', configMaxima.heads, queryHeads),
    headSize,
    feedForwardSize: fields.size('feed_forward_length', configMaxima.width),
    vocabularySize: vocabularySizeOf(file),
    contextLength: contextLengthOf(fields),
    rmsEpsilon: fields.positive('attention.layer_norm_rms_epsilon'),
    ropeTheta,
    ropeScaling: ggufRopeScaling(file, fields, headSize, ropeTheta),
    tiedHead: !has('output.weight'),
    queryKeyValueBias: family === 'qwen2' || has('blk.0.attn_q.bias'),
    attentionOutputBias: has('blk.0.attn_output.bias'),
    feedForwardBias: has('blk.0.ffn_gate.bias'),
    queryKeyNorm: family === 'qwen3',
  });
}

/** Numbers are stored as float32; the decimal that was meant (1e-5, not 0.00000999999974738) has at most seven digits. */
function decimal(value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(7)) : value;
}

function refuseUnsupported(fields: ConfigFields): void {
  const experts = fields.raw('expert_count') ?? 0;
  if (experts !== 0) throw fields.fault('expert_count', experts, '0 (mixtures of experts are not supported)');
}

function headSizeOf(fields: ConfigFields, absent: number): number {
  const headSize = fields.size('attention.key_length', configMaxima.headSize, absent);
  const valueSize = fields.size('attention.value_length', configMaxima.headSize, headSize);
  if (valueSize !== headSize) throw fields.fault('attention.value_length', valueSize, `the key length, ${headSize}`);
  const rotated = fields.size('rope.dimension_count', configMaxima.headSize, headSize);
  if (rotated !== headSize)
    throw fields.fault(
      'rope.dimension_count',
      rotated,
      `the head size, ${headSize} (partial rotary embeddings are not supported)`,
    );
  return headSize;
}

function vocabularySizeOf(file: GgufFile): number {
  const rows = file.tensors.get('token_embd.weight')?.shape[0];
  if (rows === undefined) throw weightsFault(file.label, null, 'tensor "token_embd.weight" is missing');
  return rows;
}

/** Never longer than a sliding window: within it, attention is the full one. */
function contextLengthOf(fields: ConfigFields): number {
  const contextLength = fields.size('context_length', configMaxima.contextLength);
  return Math.min(contextLength, fields.size('attention.sliding_window', configMaxima.contextLength, contextLength));
}
