import { z } from 'zod';
import { formatCount } from '#edge/format-count.ts';
import { checkDocumentLength } from '#edge/rerank/document-length.ts';
import { invalidRequest } from '#edge/rerank/invalid-request.ts';
import { type JsonObject, normaliseRerankBody } from '#edge/rerank/normalise-rerank-body.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { limits } from '#shared/limits.ts';
import { pairScoreSettingsSchema } from '#shared/protocol/pair-score-request.ts';
import { isReadableText, unreadableText } from '#shared/protocol/readable-text.ts';

export interface ParsedPairs {
  readonly settings: z.infer<typeof pairScoreSettingsSchema>;
  /** In the order of the request. */
  readonly pairs: readonly { readonly query: string; readonly document: string }[];
}

/** How vLLM's clients name queries and documents. */
const spellings = [
  ['text_1', 'text_2'],
  ['queries', 'documents'],
  ['queries', 'items'],
  ['data_1', 'data_2'],
] as const;

const textsOf = (charactersMax: number) =>
  z
    .array(
      z
        .string()
        .max(charactersMax)
        .refine((text) => text.trim().length > 0, 'is empty')
        .refine(isReadableText, unreadableText),
    )
    .min(1)
    .max(limits.documentsPerRequestMax);

const pairsSchema = pairScoreSettingsSchema.extend({
  text_1: textsOf(limits.queryCharactersMax),
  text_2: textsOf(limits.documentCharactersMax),
});

/** The pairs of a body in any of the spellings: one query and its documents, or as many of both. Throws ServiceError `invalid_request` in the client's own words. */
export function parsePairs(body: JsonObject): ParsedPairs {
  const [first, second] = spellingOf(body);
  const rename = (field: string) => ({ text_1: first, text_2: second })[field] ?? field;
  const { [first]: queries, [second]: documents, ...rest } = body;
  const input = normaliseRerankBody({ ...rest, text_1: asList(queries), text_2: asList(documents) });
  const parsed = pairsSchema.safeParse(input);
  if (!parsed.success) throw invalidRequest(parsed.error.issues, input, rename);
  const { text_1, text_2, ...settings } = parsed.data;
  checkDocumentLength(settings);
  if (text_1.length !== 1 && text_1.length !== text_2.length) {
    const counts = `${first} has ${formatCount(text_1.length)} items and ${second} ${formatCount(text_2.length)}`;
    throw refuse(first, `${counts}; ${first} must have one item, or as many as ${second}`);
  }
  const different = new Set(text_1).size;
  if (different > limits.scoredQueriesMax) {
    const limit = formatCount(limits.scoredQueriesMax);
    throw refuse(first, `${first} has ${formatCount(different)} different queries, the limit is ${limit}`);
  }
  const [only = ''] = text_1;
  return {
    settings,
    pairs: text_2.map((document, index) => ({ query: text_1.length === 1 ? only : (text_1[index] ?? ''), document })),
  };
}

function spellingOf(body: JsonObject): (typeof spellings)[number] {
  const has = (field: string) => body[field] !== undefined && body[field] !== null;
  return (
    spellings.find(([first, second]) => has(first) && has(second)) ??
    spellings.find(([first, second]) => has(first) || has(second)) ??
    spellings[0]
  );
}

function asList(value: unknown): unknown {
  return typeof value === 'string' ? [value] : value;
}

function refuse(param: string, message: string): ServiceError {
  return new ServiceError('invalid_request', message, { param });
}
