import { z } from 'zod';
import type { AddedToken, BpeDefinition } from '#gpu-worker/tokenizer/bpe-definition.ts';
import { endOfTextId } from '#gpu-worker/tokenizer/end-of-text.ts';
import { exactPreTokenizer } from '#gpu-worker/tokenizer/pre-tokenizers.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** Ids past this are no vocabulary: the table of tokens is as long as the largest id. */
const idMax = 4_000_000;

const component = z.looseObject({ type: z.string() }).nullish();
const id = z.int().min(0).max(idMax);

/** The parts of `tokenizer.json` that are read; the file holds more. */
const tokenizerJsonSchema = z.object({
  added_tokens: z
    .array(
      z.object({
        id,
        content: z.string().min(1),
        special: z.boolean().default(false),
        single_word: z.boolean().default(false),
        lstrip: z.boolean().default(false),
        rstrip: z.boolean().default(false),
        normalized: z.boolean().default(false),
      }),
    )
    .default([]),
  normalizer: component,
  pre_tokenizer: component,
  post_processor: z.unknown().optional(),
  decoder: component,
  model: z.object({
    type: z.literal('BPE', 'only BPE tokenizers are supported').default('BPE'),
    vocab: z.record(z.string(), id),
    merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
    ignore_merges: z.boolean().nullish(),
    byte_fallback: z.boolean().nullish(),
    end_of_word_suffix: z.union([z.null(), z.literal('')], 'suffixes are not supported').optional(),
    continuing_subword_prefix: z.union([z.null(), z.literal('')], 'prefixes are not supported').optional(),
  }),
});

const namedToken = z
  .union([z.string(), z.object({ content: z.string() }).transform(({ content }) => content)])
  .nullish();

/** The parts of `tokenizer_config.json` that are read. */
const tokenizerConfigSchema = z.object({
  bos_token: namedToken,
  eos_token: namedToken,
  add_bos_token: z.boolean().nullish(),
});

/** The tokenizer of a Hugging Face folder. @throws ServiceError `invalid_weights` naming file and field */
export function defineJsonBpe(tokenizerJson: unknown, tokenizerConfig: unknown): BpeDefinition {
  const { model, added_tokens: added, ...components } = parse(tokenizerJsonSchema, tokenizerJson, 'tokenizer.json');
  const config = parse(tokenizerConfigSchema, tokenizerConfig ?? {}, 'tokenizer_config.json');
  const tokens: (string | undefined)[] = [];
  for (const [token, tokenId] of Object.entries(model.vocab)) tokens[tokenId] = token;
  const specialIds = new Set<number>();
  const addedTokens: AddedToken[] = [];
  for (const { special, ...token } of added) {
    tokens[token.id] = token.content;
    if (special) specialIds.add(token.id);
    else addedTokens.push(token);
  }
  const idOf = (name: string | null | undefined) => {
    const found = name == null ? -1 : tokens.indexOf(name);
    return found < 0 ? null : found;
  };
  const addBos = config.add_bos_token ?? addsToken(components.post_processor, config.bos_token);
  return {
    // Array.from fills the gaps of a vocabulary with holes, which array methods would skip.
    tokens: Array.from(tokens),
    merges: model.merges.map((merge) => (typeof merge === 'string' ? merge : merge.join(' '))),
    specialIds,
    addedTokens,
    normalizer: components.normalizer ?? null,
    preTokenizer: asComponent(exactPreTokenizer(components.pre_tokenizer)),
    decoder: components.decoder ?? null,
    ignoreMerges: model.ignore_merges ?? false,
    byteFallback: model.byte_fallback ?? false,
    bosId: addBos ? idOf(config.bos_token) : null,
    eosId: endOfTextId(tokens, specialIds, idOf(config.eos_token)),
  };
}

function asComponent(value: unknown): object | null {
  return typeof value === 'object' ? value : null;
}

/** Whether a post-processor's template names this token (`{"SpecialToken": {"id": "<s>"}}`). */
function addsToken(postProcessor: unknown, token: string | null | undefined): boolean {
  if (token == null || typeof postProcessor !== 'object' || postProcessor === null) return false;
  if ('processors' in postProcessor && Array.isArray(postProcessor.processors)) {
    return postProcessor.processors.some((processor) => addsToken(processor, token));
  }
  const pieces: unknown = 'single' in postProcessor ? postProcessor.single : [];
  return JSON.stringify(pieces).includes(`"id":${JSON.stringify(token)}`);
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, file: string): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new ServiceError(
    'invalid_weights',
    `${file}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is not valid'}`,
    {
      cause: result.error,
    },
  );
}
