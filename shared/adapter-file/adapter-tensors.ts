import type { AdapterConfig } from '#shared/adapter-file/adapter-config.ts';

/** Tensor names of the file: the authors' (method.md section 4), and two of ours for the changed rows of E'. */
export const adapterTensorNames = {
  embeddingTable: 'docspec_embeddings.weight',
  embeddingRows: 'docspec_embeddings.rows',
  embeddingValues: 'docspec_embeddings.values',
  mlpFirstWeight: 'doc_multi_layers.0.weight',
  mlpFirstBias: 'doc_multi_layers.0.bias',
  mlpSecondWeight: 'doc_multi_layers.2.weight',
  mlpSecondBias: 'doc_multi_layers.2.bias',
  attentionInWeight: 'docspec_attention.in_proj_weight',
  attentionInBias: 'docspec_attention.in_proj_bias',
  attentionOutWeight: 'docspec_attention.out_proj.weight',
  attentionOutBias: 'docspec_attention.out_proj.bias',
  softPrompt: 'embedding.weight',
} as const;

type TensorKey = keyof typeof adapterTensorNames;

/** A size of a shape: D, 3D, or a count that the file chooses (`rows`: n, V or the soft prompt's length). */
type Size = 'D' | '3D' | 'rows';

/** Shapes by tensor; the last size is always the one that a mismatch is most likely in, so messages print the whole shape. */
export const adapterTensorShapes: Readonly<Record<TensorKey, readonly Size[]>> = {
  embeddingTable: ['rows', 'D'],
  embeddingRows: ['rows'],
  embeddingValues: ['rows', 'D'],
  mlpFirstWeight: ['D', 'D'],
  mlpFirstBias: ['D'],
  mlpSecondWeight: ['D', 'D'],
  mlpSecondBias: ['D'],
  attentionInWeight: ['3D', 'D'],
  attentionInBias: ['3D'],
  attentionOutWeight: ['D', 'D'],
  attentionOutBias: ['D'],
  softPrompt: ['rows', 'D'],
};

const mlpKeys = ['mlpFirstWeight', 'mlpFirstBias', 'mlpSecondWeight', 'mlpSecondBias'] as const;
const attentionKeys = ['attentionInWeight', 'attentionInBias', 'attentionOutWeight', 'attentionOutBias'] as const;

/**
 * The tensors that a file of this method must hold, and those that it may. E' comes whole or as changed rows, chosen by what the file
 * holds; the authors train the instruction together with either module, hence `softPrompt` as an option.
 */
export function expectedTensors(
  method: AdapterConfig['method'],
  wholeTable: boolean,
): { readonly required: readonly TensorKey[]; readonly optional: readonly TensorKey[] } {
  if (method === 'soft-prompt') return { required: ['softPrompt'], optional: [] };
  const embedding = wholeTable ? (['embeddingTable'] as const) : (['embeddingRows', 'embeddingValues'] as const);
  const attention = method === 'attend' ? attentionKeys : [];
  return { required: [...mlpKeys, ...embedding, ...attention], optional: ['softPrompt'] };
}
