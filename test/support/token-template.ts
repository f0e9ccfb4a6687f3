import type { TokenTemplate } from '#gpu-worker/q-peft/template.ts';

/** A template of 8 tokens beside document and query, as ids of the tiny golden models. */
export const tokenTemplate: TokenTemplate = {
  start: [1],
  instruction: [5, 6],
  passageOpen: [7],
  documentClose: [8],
  hintOpen: [9],
  hintClose: [10],
  cue: [11, 12],
  targetStart: [],
  targetEnd: [2],
  textPrefix: '',
  keep: 'start',
};
