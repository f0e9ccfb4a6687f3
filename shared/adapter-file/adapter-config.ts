import { z } from 'zod';
import { calibrationSchema } from '#shared/calibration/calibration.ts';

/** Hints of one prompt; the authors rank at most 1,000 cells of the similarity matrix. */
export const hintsMax = 1_000;

const fingerprint = z.string().regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in lower-case hex');

/** What an adapter states about itself, in the metadata of its file (`configuration`, one JSON object). Strict: a field that this version does not know could change the scores. */
export const adapterConfigSchema = z.strictObject({
  format: z
    .enum(['hintrank-adapter-1', 'unversioned'])
    .describe('Version of the file format; `unversioned` is read, never written.'),
  method: z.enum(['retrieve', 'attend', 'soft-prompt']).describe('Q-PEFT-R, Q-PEFT-A, or a trained instruction only.'),
  k: z.int().min(1).max(hintsMax).describe('Hint tokens that `retrieve` selects.').meta({ example: 10 }),
  heads: z
    .int()
    .min(1)
    .max(1_024)
    .describe('Heads of the attention of `attend`; must divide the hidden size.')
    .meta({ example: 2 }),
  filters: z
    .string()
    .regex(/^(?:none|(?!.*(.).*\1)[dqsa]{1,4})$/, 'is neither "none" nor different letters of d, q, s and a')
    .describe('d: no repeated ids, q: no query ids, s: no stop words, a: no ids without a letter; or `none`.')
    .meta({ example: 'd' }),
  hintOrder: z
    .enum(['similarity', 'query', 'document'])
    .optional()
    .describe(
      'Order of the hints of `retrieve`: by similarity, or by place in the query or document. Absent: similarity.',
    ),
  hintChoice: z
    .enum(['similar', 'random'])
    .optional()
    .describe(
      'Hints of `retrieve`: the most similar tokens, or (an ablation) random ones of the document. Absent: similar.',
    ),
  residual: z.boolean().describe('Hints are x + MLP(x) instead of MLP(x).'),
  template: z.enum(['clean-1', 'upr-1', 'authors-1']).describe('Prompt template that it was trained with.'),
  hintLocation: z.enum(['suffix', 'prefix']).describe('Hint block after the document, or right after the instruction.'),
  modelFingerprint: fingerprint.optional().describe('SHA-256 of the base model that it was trained on.'),
  tokenizerFingerprint: fingerprint.optional().describe('SHA-256 of that model’s tokenizer.'),
  training: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('Summary of the training run; never read for scoring.'),
  calibration: calibrationSchema
    .optional()
    .describe("Constants of the blended score; absent: the base model's are used."),
});
export type AdapterConfig = z.infer<typeof adapterConfigSchema>;

export type HintOrder = NonNullable<AdapterConfig['hintOrder']>;

/** The settings that a file without a version may leave out. */
export type AdapterSettings = Pick<AdapterConfig, 'k' | 'heads' | 'filters' | 'residual' | 'template' | 'hintLocation'>;
