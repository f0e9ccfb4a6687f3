import type { TokenTemplate } from '#gpu-worker/q-peft/template.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** Instruction of the paper; the trainable one of a soft prompt starts from it. */
export const instructionText = 'given the hints, please generate a question for the input passage';

/** A template as text. Segments are tokenised one by one and then joined, so that no token spans two of them. */
interface TextTemplate {
  readonly instruction: string;
  readonly passageOpen: string;
  readonly documentClose: string;
  readonly hintOpen: string;
  readonly hintClose: string;
  readonly cue: string;
  readonly textPrefix: string;
  /** Beginning-of-sequence tokens in front of all and of the query, end token after the query; the latter two count as targets. */
  readonly sequenceTokens: boolean;
  readonly keep: 'start' | 'end';
}

/** A published version never changes: scores and adapters are tied to it. */
const textTemplates = {
  /** The default: instruction, no sequence tokens, only the query's tokens count (method.md section 6). */
  'clean-1': {
    instruction: `${instructionText}\nPassage:`,
    passageOpen: '',
    documentClose: '\n',
    hintOpen: 'hints: ',
    hintClose: '\n',
    cue: 'Question:',
    textPrefix: ' ',
    sequenceTokens: false,
    keep: 'start',
  },
  /** UPR (arXiv 2204.07496): no instruction in front, no hints. */
  'upr-1': {
    instruction: '',
    passageOpen: 'Passage:',
    documentClose: '. Please write a question based on this passage.',
    hintOpen: 'hints: ',
    hintClose: '\n',
    cue: '',
    textPrefix: ' ',
    sequenceTokens: false,
    keep: 'start',
  },
  /** The string of the Q-PEFT authors' code, for their checkpoints and for repeating the paper. */
  'authors-1': {
    instruction: instructionText,
    passageOpen: 'Passage: ',
    documentClose: ' \n ',
    hintOpen: 'hints: ',
    hintClose: '\n',
    cue: 'Question: \n',
    textPrefix: '',
    sequenceTokens: true,
    keep: 'end',
  },
} as const satisfies Record<string, TextTemplate>;

/** Prompt templates by version name; an adapter stores the name it was trained with. */
export type TemplateName = keyof typeof textTemplates;

export const templateNames = Object.keys(textTemplates) as readonly TemplateName[];

export const defaultTemplate: TemplateName = 'clean-1';

/** @throws ServiceError `invalid_request` with the list of names */
export function parseTemplateName(name: string): TemplateName {
  const found = templateNames.find((known) => known === name);
  if (found === undefined) {
    throw new ServiceError(
      'invalid_request',
      `template "${name}" is not known; there are: ${templateNames.join(', ')}`,
      {
        param: 'template',
      },
    );
  }
  return found;
}

/** What resolving a template needs of a tokenizer. */
export interface TemplateTokenizer {
  encode(text: string): number[];
  readonly bosId: number | null;
  readonly eosId: number | null;
}

export function resolveTemplate(name: TemplateName, tokenizer: TemplateTokenizer): TokenTemplate {
  const text: TextTemplate = textTemplates[name];
  const beginning = text.sequenceTokens && tokenizer.bosId !== null ? [tokenizer.bosId] : [];
  const documentClose = tokenizer.encode(text.documentClose);
  // The row in front of the first target must be in the suffix: without a cue it is the last token of the prefix.
  const cue = text.cue === '' ? documentClose.splice(-1) : tokenizer.encode(text.cue);
  return {
    start: beginning,
    instruction: tokenizer.encode(text.instruction),
    passageOpen: tokenizer.encode(text.passageOpen),
    documentClose,
    hintOpen: tokenizer.encode(text.hintOpen),
    hintClose: tokenizer.encode(text.hintClose),
    cue,
    targetStart: beginning,
    targetEnd: text.sequenceTokens && tokenizer.eosId !== null ? [tokenizer.eosId] : [],
    textPrefix: text.textPrefix,
    keep: text.keep,
  };
}
