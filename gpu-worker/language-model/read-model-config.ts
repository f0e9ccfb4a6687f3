import { ConfigFields, checkConfig, configMaxima } from '#gpu-worker/language-model/config-fields.ts';
import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import { readRopeScaling } from '#gpu-worker/language-model/read-rope-scaling.ts';
import { weightsFault } from '#gpu-worker/weights/weights-fault.ts';

/** What the model type alone decides; `configured` reads `attention_bias` (q, k, v and o together) or `mlp_bias`. */
interface FamilySwitches {
  readonly queryKeyValueBias: boolean | 'configured';
  readonly attentionOutputBias: boolean | 'configured';
  readonly feedForwardBias: boolean | 'configured';
  readonly queryKeyNorm: boolean;
  /** Head size where `head_dim` is missing; null: hidden size over heads. */
  readonly headSizeDefault: number | null;
  /** Whether `sliding_window` counts only while `use_sliding_window` is true. */
  readonly windowNeedsFlag: boolean;
}

const families: Readonly<Record<ModelConfig['family'], FamilySwitches>> = {
  llama: {
    queryKeyValueBias: 'configured',
    attentionOutputBias: 'configured',
    feedForwardBias: 'configured',
    queryKeyNorm: false,
    headSizeDefault: null,
    windowNeedsFlag: true,
  },
  mistral: {
    queryKeyValueBias: false,
    attentionOutputBias: false,
    feedForwardBias: false,
    queryKeyNorm: false,
    headSizeDefault: null,
    windowNeedsFlag: false,
  },
  qwen2: {
    queryKeyValueBias: true,
    attentionOutputBias: false,
    feedForwardBias: false,
    queryKeyNorm: false,
    headSizeDefault: null,
    windowNeedsFlag: true,
  },
  qwen3: {
    queryKeyValueBias: 'configured',
    attentionOutputBias: 'configured',
    feedForwardBias: false,
    queryKeyNorm: true,
    headSizeDefault: 128,
    windowNeedsFlag: true,
  },
};

/** `hidden_act` values that are the SwiGLU of the family. */
const supportedActivations: readonly unknown[] = ['silu', 'swish'];
const ropeThetaDefault = 10_000;

/**
 * A model's configuration from the parsed `config.json` of a Hugging Face folder. A sliding attention window is honoured by serving no
 * context longer than it: within the window the attention is the full one.
 * @param place the file, for messages
 * @throws ServiceError `invalid_weights` naming the field, its value and what it must be
 */
export function readModelConfig(place: string, json: unknown): ModelConfig {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw weightsFault(place, null, 'it is not a JSON object');
  const record = json as Record<string, unknown>;
  const fields = new ConfigFields(place, (name) => (Object.hasOwn(record, name) ? record[name] : undefined));
  const family = familyOf(fields);
  const switches = families[family];
  refuseUnsupported(fields);
  const hiddenSize = fields.size('hidden_size', configMaxima.width);
  const queryHeads = fields.size('num_attention_heads', configMaxima.heads);
  const attentionBias = fields.flag('attention_bias', false);
  const feedForwardBias = fields.flag('mlp_bias', false);
  const configured = (choice: boolean | 'configured', value: boolean) => (choice === 'configured' ? value : choice);
  return checkConfig(place, {
    family,
    layers: fields.size('num_hidden_layers', configMaxima.layers),
    hiddenSize,
    queryHeads,
    keyValueHeads: fields.size('num_key_value_heads', configMaxima.heads, queryHeads),
    headSize: fields.size('head_dim', configMaxima.headSize, switches.headSizeDefault ?? hiddenSize / queryHeads),
    feedForwardSize: fields.size('intermediate_size', configMaxima.width),
    vocabularySize: fields.size('vocab_size', configMaxima.vocabulary),
    contextLength: contextLengthOf(fields, switches),
    rmsEpsilon: fields.positive('rms_norm_eps'),
    ...ropeOf(fields),
    tiedHead: fields.flag('tie_word_embeddings', false),
    queryKeyValueBias: configured(switches.queryKeyValueBias, attentionBias),
    attentionOutputBias: configured(switches.attentionOutputBias, attentionBias),
    feedForwardBias: configured(switches.feedForwardBias, feedForwardBias),
    queryKeyNorm: switches.queryKeyNorm,
  });
}

function familyOf(fields: ConfigFields): ModelConfig['family'] {
  const type = fields.raw('model_type');
  if (typeof type !== 'string' || !Object.hasOwn(families, type)) {
    throw fields.fault('model_type', type, `one of the supported types: ${Object.keys(families).join(', ')}`);
  }
  return type as ModelConfig['family'];
}

/** Fields that change the arithmetic in ways that the graph has no switch for. */
function refuseUnsupported(fields: ConfigFields): void {
  const activation = fields.raw('hidden_act') ?? 'silu';
  if (!supportedActivations.includes(activation)) throw fields.fault('hidden_act', activation, 'silu');
  const partial = fields.raw('partial_rotary_factor') ?? 1;
  if (partial !== 1)
    throw fields.fault('partial_rotary_factor', partial, '1 (partial rotary embeddings are not supported)');
  const quantisation = fields.raw('quantization_config');
  if (quantisation !== undefined)
    throw fields.fault('quantization_config', quantisation, 'absent (quantised checkpoints are read as GGUF only)');
}

function contextLengthOf(fields: ConfigFields, switches: FamilySwitches): number {
  const contextLength = fields.size('max_position_embeddings', configMaxima.contextLength);
  const used = switches.windowNeedsFlag ? fields.flag('use_sliding_window', false) : true;
  if (!used || fields.raw('sliding_window') === undefined) return contextLength;
  return Math.min(contextLength, fields.size('sliding_window', configMaxima.contextLength));
}

function ropeOf(fields: ConfigFields): Pick<ModelConfig, 'ropeTheta' | 'ropeScaling'> {
  const newer = fields.raw('rope_parameters');
  const field = newer === undefined ? 'rope_scaling' : 'rope_parameters';
  const value = fields.raw(field);
  const ropeScaling = readRopeScaling(fields.place, field, value);
  const nested = new ConfigFields(`${fields.place}: ${field}`, (name) =>
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined,
  );
  return { ropeTheta: nested.positive('rope_theta', fields.positive('rope_theta', ropeThetaDefault)), ropeScaling };
}
