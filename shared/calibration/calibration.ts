import { z } from 'zod';

/** Far beyond any fit; keeps a logit finite for every pair. */
const constantMax = 1e6;
const constant = z.number().min(-constantMax).max(constantMax);

const constantsSchema = z
  .strictObject({
    intercept: constant,
    meanLogLikelihood: constant.describe('Per nat per query token, given the document.'),
    queryLogLikelihood: constant.describe('Per nat per query token, of the query without a document.'),
    lexicalMatch: constant.describe('Per unit of the lexical match, which lies in [0, 1.9).'),
  })
  .describe('Log-odds of relevance are the intercept plus each constant times its feature.');

/**
 * Constants that turn features of a (query, document) pair into its probability of relevance. Stored in adapters, shipped for the default model,
 * written by `hintrank calibrate`. The format names the features' definitions too: changing one needs a new format.
 */
export const calibrationSchema = z.strictObject({
  format: z.literal('hintrank-calibration-1'),
  constants: constantsSchema,
  constantsWithFirstStage: constantsSchema
    .extend({ firstStageScore: constant.describe('Per unit of the first stage that it was fitted with.') })
    .optional()
    .describe('Used for documents that come with a first-stage score; absent: such scores are not used.'),
  fittedOn: z
    .strictObject({
      data: z.string().max(200).meta({ example: 'squad-passages' }),
      split: z.string().max(50).meta({ example: 'train' }),
      date: z.iso.date().optional().describe('Absent where the same run has to give the same bytes.'),
      queries: z.int().min(1),
      pairs: z.int().min(1),
      relevantPairs: z.int().min(1),
      maxTokensPerDoc: z.int().min(1),
      precision: z.enum(['fp32', 'int8', 'fp16']),
      template: z.string().max(50),
      modelFingerprint: z.string().regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in lower-case hex'),
    })
    .describe('Which judged pairs it was fitted on; for people, never read for scoring.'),
});
export type Calibration = z.infer<typeof calibrationSchema>;

/** The part that scores need, as it travels from worker to edge: tolerant, so that the two can be deployed apart. */
export const travellingCalibrationSchema = z.object({
  constants: z.object(constantsSchema.shape),
  constantsWithFirstStage: z.object({ ...constantsSchema.shape, firstStageScore: constant }).optional(),
});
export type TravellingCalibration = z.infer<typeof travellingCalibrationSchema>;
