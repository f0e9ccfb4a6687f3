import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import type { TensorSource } from '#gpu-worker/weights/tensor-source.ts';

/** A row of numbers; a matrix is a list of rows. Everything is float64, slow and plain on purpose: it is what the engine is held against. */
type Row = number[];

/**
 * Logits of the Llama family [S][V], straight from its definition (RoFormer, RMSNorm, SwiGLU, grouped-query attention): token by token, head by
 * head, no cache, no fused weights.
 */
export function referenceForward(config: ModelConfig, source: TensorSource, ids: readonly number[]): Row[] {
  const { hiddenSize, queryHeads, keyValueHeads, headSize, layers } = config;
  const table = matrix(source, 'model.embed_tokens.weight', hiddenSize);
  let stream = ids.map((id) => [...(table[id] ?? [])]);
  for (let layer = 0; layer < layers; layer += 1) {
    const prefix = `model.layers.${layer}`;
    const linear = linearOf(source, `${prefix}.`);
    const norm = (name: string, row: Row) =>
      rmsNorm(row, vector(source, `${prefix}.${name}.weight`), config.rmsEpsilon);
    const heads = (projection: string, count: number, normName: string | null): Row[][] =>
      stream.map((row, position) => {
        const projected = linear(`self_attn.${projection}`, norm('input_layernorm', row));
        return range(count).map((head) => {
          const part = projected.slice(head * headSize, (head + 1) * headSize);
          if (normName === null) return part;
          const normed = config.queryKeyNorm ? norm(`self_attn.${normName}`, part) : part;
          return rotate(config, normed, position);
        });
      });
    const queries = heads('q_proj', queryHeads, 'q_norm');
    const keys = heads('k_proj', keyValueHeads, 'k_norm');
    const values = heads('v_proj', keyValueHeads, null);
    const shared = queryHeads / keyValueHeads;
    stream = stream.map((row, position) => {
      const attended = range(queryHeads).flatMap((head) => {
        const group = Math.floor(head / shared);
        const seen = range(position + 1);
        const shares = softmax(
          seen.map((at) => dot(queries[position]?.[head] ?? [], keys[at]?.[group] ?? []) / Math.sqrt(headSize)),
        );
        return range(headSize).map((n) =>
          seen.reduce((sum, at) => sum + (shares[at] ?? 0) * (values[at]?.[group]?.[n] ?? 0), 0),
        );
      });
      const withAttention = add(row, linear('self_attn.o_proj', attended));
      const normed = norm('post_attention_layernorm', withAttention);
      const up = linear('mlp.up_proj', normed);
      const gated = linear('mlp.gate_proj', normed).map((gate, n) => (gate / (1 + Math.exp(-gate))) * (up[n] ?? 0));
      return add(withAttention, linear('mlp.down_proj', gated));
    });
  }
  const head = config.tiedHead ? table : matrix(source, 'lm_head.weight', hiddenSize);
  const finalNorm = vector(source, 'model.norm.weight');
  return stream.map((row) => head.map((weights) => dot(weights, rmsNorm(row, finalNorm, config.rmsEpsilon))));
}

/** log p of every class of one row of logits, nats. */
export function logSoftmax(logits: Row): Row {
  const maximum = Math.max(...logits);
  const logSum = maximum + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - maximum), 0));
  return logits.map((logit) => logit - logSum);
}

/** Split halves: channel n turns with channel n + h/2. */
function rotate(config: ModelConfig, head: Row, position: number): Row {
  const half = head.length / 2;
  return head.map((value, n) => {
    const angle = position * frequency(config, n % half, half);
    const partner = n < half ? -(head[n + half] ?? 0) : (head[n - half] ?? 0);
    return value * Math.cos(angle) + partner * Math.sin(angle);
  });
}

/** As `transformers` states it (modeling_rope_utils: linear and llama3). */
function frequency(config: ModelConfig, pair: number, half: number): number {
  const plain = 1 / config.ropeTheta ** (pair / half);
  const scaling = config.ropeScaling;
  if (scaling === null) return plain;
  if (scaling.kind === 'linear') return plain / scaling.factor;
  const turns = (scaling.originalContextLength * plain) / (2 * Math.PI);
  if (turns < scaling.lowFrequencyFactor) return plain / scaling.factor;
  if (turns > scaling.highFrequencyFactor) return plain;
  const smooth = (turns - scaling.lowFrequencyFactor) / (scaling.highFrequencyFactor - scaling.lowFrequencyFactor);
  return plain * ((1 - smooth) / scaling.factor + smooth);
}

function linearOf(source: TensorSource, prefix: string) {
  return (name: string, row: Row): Row => {
    const bias = source.tensors.has(`${prefix}${name}.bias`) ? vector(source, `${prefix}${name}.bias`) : null;
    return matrix(source, `${prefix}${name}.weight`, row.length).map(
      (weights, output) => dot(weights, row) + (bias?.[output] ?? 0),
    );
  };
}

function rmsNorm(row: Row, weight: Row, epsilon: number): Row {
  const scale = 1 / Math.sqrt(dot(row, row) / row.length + epsilon);
  return row.map((value, n) => value * scale * (weight[n] ?? 0));
}

function softmax(scores: Row): Row {
  return logSoftmax(scores).map(Math.exp);
}

function matrix(source: TensorSource, name: string, columns: number): Row[] {
  const values = vector(source, name);
  return range(values.length / columns).map((row) => values.slice(row * columns, (row + 1) * columns));
}

function vector(source: TensorSource, name: string): Row {
  return Array.from(source.readRows(name));
}

function dot(a: Row, b: Row): number {
  return a.reduce((sum, value, n) => sum + value * (b[n] ?? 0), 0);
}

function add(a: Row, b: Row): Row {
  return a.map((value, n) => value + (b[n] ?? 0));
}

function range(length: number): number[] {
  return Array.from({ length }, (_, n) => n);
}
