import { z } from 'zod';
import { travellingCalibrationSchema } from '#shared/calibration/calibration.ts';
import { limits } from '#shared/limits.ts';
import { type DocumentScore, documentScoreSchema } from '#shared/protocol/score.ts';

/** What is kept of a document: never the likelihood of each query token, which few ask for and which is long. */
const cachedScoreSchema = documentScoreSchema.omit({ target_log_likelihoods: true });

const scoreEntrySchema = z.object({
  queryTokens: z.int().min(0),
  features: z
    .object({
      query_log_likelihood: z.number().optional(),
      calibration: travellingCalibrationSchema.optional(),
    })
    .optional()
    .describe('What a blended score needs of query and model; absent where nobody has asked for it yet.'),
  scores: z.record(z.string(), cachedScoreSchema).describe('By the SHA-256 of each document, base64.'),
});

/** The scores of one query's documents under one model and adapter, as the workers sent them: blending comes afterwards. */
export interface ScoreEntry {
  readonly queryTokens: number;
  readonly features?: z.infer<typeof scoreEntrySchema>['features'];
  /** By the SHA-256 of each document, base64; the newest last. */
  readonly scores: ReadonlyMap<string, DocumentScore>;
}

/** Documents of one entry; the oldest go first. Above the largest request, so that a request is always whole. */
const documentsMax = 2 * limits.documentsPerRequestMax;

/** Bytes that a document takes in memory: measured at 260 to 300 in V8 for key, object and map slot, rounded up. */
const documentBytes = 320;

/** And the place of its best chunk: three objects of numbers. */
const chunkBytes = 240;
const entryBytes = 1_000;

/** Memory that an entry takes, about. */
export function sizeOfEntry({ scores }: ScoreEntry): number {
  const chunks = [...scores.values()].filter(({ chunk }) => chunk !== undefined).length;
  return entryBytes + scores.size * documentBytes + chunks * chunkBytes;
}

/** Both entries' documents, those of `fresh` as the newest. What `fresh` did not ask for is kept from `known`. */
export function mergeEntries(known: ScoreEntry | undefined, fresh: ScoreEntry): ScoreEntry {
  const scores = new Map(known?.scores);
  for (const [digest, score] of fresh.scores) {
    scores.delete(digest);
    scores.set(digest, score);
  }
  for (const digest of scores.keys()) {
    if (scores.size <= documentsMax) break;
    scores.delete(digest);
  }
  const features = fresh.features ?? known?.features;
  return { queryTokens: fresh.queryTokens, ...(features === undefined ? {} : { features }), scores };
}

/** Doubles survive JSON bit for bit: each is written with the digits that tell it from its neighbours. */
export function writeEntry({ scores, ...entry }: ScoreEntry): string {
  return JSON.stringify({ ...entry, scores: Object.fromEntries(scores) });
}

/** undefined where the text is no entry: one of another version of this code. */
export function readEntry(text: string): ScoreEntry | undefined {
  const parsed = scoreEntrySchema.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  const { scores, queryTokens, features } = parsed.data;
  return {
    queryTokens,
    ...(features === undefined ? {} : { features }),
    scores: new Map(Object.entries(scores)),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
