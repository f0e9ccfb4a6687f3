import { layoutPrefix, layoutSuffix, noAdapterParts } from '#gpu-worker/q-peft/layout-pair.ts';
import { defaultTemplate, resolveTemplate } from '#gpu-worker/q-peft/template-registry.ts';
import { calibrationTexts } from '#gpu-worker/scoring/prepared-model/calibration-texts.ts';
import type { Tokenizer } from '#gpu-worker/tokenizer/tokenizer.ts';

/** Sequences of token ids that calibration runs. Prompts of the default template; for a model without a tokenizer, seeded uniform ids. */
export function calibrationSequences(tokenizer: Tokenizer | null, vocabularySize: number): number[][] {
  if (tokenizer === null) return randomSequences(vocabularySize);
  const template = resolveTemplate(defaultTemplate, tokenizer);
  return calibrationTexts.map(({ query, document }) => {
    const documentIds = tokenizer.encode(template.textPrefix + document);
    const targets = tokenizer.encode(template.textPrefix + query);
    const parts = [
      ...layoutPrefix(template, documentIds, noAdapterParts),
      ...layoutSuffix(template, targets, noAdapterParts),
    ];
    return parts.flatMap((part) => ('ids' in part ? [...part.ids] : []));
  });
}

function randomSequences(vocabularySize: number): number[][] {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * vocabularySize);
  };
  return Array.from({ length: 8 }, () => Array.from({ length: 64 }, next));
}
