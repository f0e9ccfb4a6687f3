import { z } from 'zod';
import type { ImportTarget } from '#gpu-worker/adapter-import/import-target.ts';
import type { ImportedTensors } from '#gpu-worker/adapter-import/imported-tensors.ts';
import { readInstruction } from '#gpu-worker/adapter-import/read-instruction.ts';
import { readJsonFile } from '#gpu-worker/weights/read-json-file.ts';
import type { TensorSource } from '#gpu-worker/weights/tensor-source.ts';
import { adapterError } from '#shared/adapter-file/adapter-error.ts';

/** The tensor that PEFT stores a prompt in. */
export const peftPromptName = 'prompt_embeddings';

/** The fields of adapter_config.json that decide what the tensor means; PEFT has many more. */
const peftConfigSchema = z.object({
  peft_type: z.string(),
  task_type: z.string().nullish(),
  num_virtual_tokens: z.int().nullish(),
  token_dim: z.int().nullish(),
  num_transformer_submodules: z.int().nullish(),
  base_model_name_or_path: z.string().nullish(),
});

type PeftConfig = z.infer<typeof peftConfigSchema>;

/** @throws ServiceError `invalid_adapter` for another kind of adapter than a prompt of one causal model */
export function readPeftConfig(path: string): PeftConfig {
  const parsed = peftConfigSchema.safeParse(readJsonFile(path));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw adapterError(`adapter_config.json: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`);
  }
  const { peft_type: kind, task_type: task, num_transformer_submodules: submodules } = parsed.data;
  const refuse = (field: string, value: unknown, needed: string) =>
    adapterError(`adapter_config.json says ${field} ${JSON.stringify(value)}; only ${needed} can be imported`);
  if (kind !== 'PROMPT_TUNING') throw refuse('peft_type', kind, 'PROMPT_TUNING');
  if (task !== undefined && task !== null && task !== 'CAUSAL_LM') throw refuse('task_type', task, 'CAUSAL_LM');
  if (submodules !== undefined && submodules !== null && submodules !== 1) {
    throw refuse('num_transformer_submodules', submodules, '1');
  }
  return parsed.data;
}

/**
 * The prompt of PEFT's prompt tuning as a soft prompt. PEFT puts it in front of the whole sequence, beginning token included; here it stands in the place
 * of the template's instruction, after that token.
 * @throws ServiceError `invalid_adapter` when tensor, configuration and base model do not agree
 */
export function readPeftPrompt(checkpoint: TensorSource, config: PeftConfig, target: ImportTarget): ImportedTensors {
  const unknown = [...checkpoint.tensors.keys()].find((name) => name !== peftPromptName);
  if (unknown !== undefined) {
    throw adapterError(
      `tensor ${JSON.stringify(unknown.slice(0, 80))} is beside "${peftPromptName}", which prompt tuning has alone`,
    );
  }
  const [rows, width] = checkpoint.tensors.get(peftPromptName)?.shape ?? [];
  const agree = (field: 'num_virtual_tokens' | 'token_dim', size: number | undefined) => {
    const stated = config[field];
    if (stated !== undefined && stated !== null && stated !== size) {
      throw adapterError(`adapter_config.json says ${field} ${stated}, but tensor "${peftPromptName}" has ${size}`);
    }
  };
  agree('num_virtual_tokens', rows);
  agree('token_dim', width);
  const softPrompt = readInstruction(checkpoint, peftPromptName, target);
  if (softPrompt === null) {
    throw adapterError(`tensor "${peftPromptName}" is the template's own instruction: nothing of it was trained`);
  }
  const base = config.base_model_name_or_path ?? '';
  return {
    kind: 'peft-prompt-tuning',
    method: 'soft-prompt',
    notes:
      base === '' ? [] : [`adapter_config.json names the base model "${base}"; sizes fit, weights were not compared.`],
    tensors: { embedding: null, mlp: null, attention: null, softPrompt },
  };
}
