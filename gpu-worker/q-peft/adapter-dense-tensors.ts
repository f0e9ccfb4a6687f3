import type { AdapterFile } from '#shared/adapter-file/adapter-file.ts';

/** Trained tensors that are updated as a whole, by the names that the hint graph's inputs have; and the soft prompt, [n, D]. */
export const denseNames = [
  'mlp.first.weight',
  'mlp.first.bias',
  'mlp.second.weight',
  'mlp.second.bias',
  'attention.in.weight',
  'attention.in.bias',
  'attention.out.weight',
  'attention.out.bias',
  'soft_prompt',
] as const;

export type DenseName = (typeof denseNames)[number];

/** The dense tensors that an adapter has. */
export function denseTensors({ mlp, attention, softPrompt }: AdapterFile): [DenseName, Float32Array][] {
  const tensors: [DenseName, Float32Array][] = [];
  if (mlp !== null) {
    tensors.push(['mlp.first.weight', mlp.firstWeight], ['mlp.first.bias', mlp.firstBias]);
    tensors.push(['mlp.second.weight', mlp.secondWeight], ['mlp.second.bias', mlp.secondBias]);
  }
  if (attention !== null) {
    tensors.push(['attention.in.weight', attention.inProjectionWeight]);
    tensors.push(['attention.in.bias', attention.inProjectionBias]);
    tensors.push(['attention.out.weight', attention.outProjectionWeight]);
    tensors.push(['attention.out.bias', attention.outProjectionBias]);
  }
  if (softPrompt !== null) tensors.push(['soft_prompt', softPrompt.values]);
  return tensors;
}

/** `adapter` with these values in place of its own dense tensors. */
export function withTensors(adapter: AdapterFile, values: ReadonlyMap<DenseName, Float32Array>): AdapterFile {
  const { mlp, attention, softPrompt } = adapter;
  const current = (name: DenseName, otherwise: Float32Array) => values.get(name) ?? otherwise;
  return {
    ...adapter,
    mlp: mlp && {
      firstWeight: current('mlp.first.weight', mlp.firstWeight),
      firstBias: current('mlp.first.bias', mlp.firstBias),
      secondWeight: current('mlp.second.weight', mlp.secondWeight),
      secondBias: current('mlp.second.bias', mlp.secondBias),
    },
    attention: attention && {
      inProjectionWeight: current('attention.in.weight', attention.inProjectionWeight),
      inProjectionBias: current('attention.in.bias', attention.inProjectionBias),
      outProjectionWeight: current('attention.out.weight', attention.outProjectionWeight),
      outProjectionBias: current('attention.out.bias', attention.outProjectionBias),
    },
    softPrompt: softPrompt && { ...softPrompt, values: current('soft_prompt', softPrompt.values) },
  };
}
