/** GGUF name → Hugging Face name of the tensors outside the layers. */
const outerNames: ReadonlyMap<string, string> = new Map([
  ['token_embd.weight', 'model.embed_tokens.weight'],
  ['output_norm.weight', 'model.norm.weight'],
  ['output.weight', 'lm_head.weight'],
]);

/** The same inside a layer: `blk.N.KEY.weight` is `model.layers.N.VALUE.weight`, biases likewise. */
const layerNames: ReadonlyMap<string, string> = new Map([
  ['attn_norm', 'input_layernorm'],
  ['attn_q', 'self_attn.q_proj'],
  ['attn_k', 'self_attn.k_proj'],
  ['attn_v', 'self_attn.v_proj'],
  ['attn_output', 'self_attn.o_proj'],
  ['attn_q_norm', 'self_attn.q_norm'],
  ['attn_k_norm', 'self_attn.k_norm'],
  ['ffn_norm', 'post_attention_layernorm'],
  ['ffn_gate', 'mlp.gate_proj'],
  ['ffn_up', 'mlp.up_proj'],
  ['ffn_down', 'mlp.down_proj'],
]);

/** The Hugging Face name of a GGUF tensor of the Llama family; null for a tensor that such a model does not have. */
export function huggingFaceTensorName(ggufName: string): string | null {
  const outer = outerNames.get(ggufName);
  if (outer !== undefined) return outer;
  const match = /^blk\.(0|[1-9]\d{0,5})\.([a-z_]+)\.(weight|bias)$/.exec(ggufName);
  if (match === null) return null;
  const [, layer, part = '', kind] = match;
  const name = layerNames.get(part);
  return name === undefined ? null : `model.layers.${layer}.${name}.${kind}`;
}
