import { createHash } from 'node:crypto';
import { Tokenizer as LibraryTokenizer } from '@huggingface/tokenizers';
import type { BpeDefinition } from '#gpu-worker/tokenizer/bpe-definition.ts';
import { createTokenBytes } from '#gpu-worker/tokenizer/token-bytes.ts';
import type { Tokenizer } from '#gpu-worker/tokenizer/tokenizer.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/**
 * A tokenizer that runs on `@huggingface/tokenizers`. The library is given no special token at all, neither as an added token nor in the
 * vocabulary: no text of a user, however it is spelled, can become one. No <bos> or <eos> is ever added.
 * @throws ServiceError `invalid_weights` for a component that the library does not know
 */
export function buildTokenizer(definition: BpeDefinition): Tokenizer {
  const library = checkedLibraryTokenizer(definition);
  const { tokens, specialIds, bosId, eosId } = definition;
  const textOf = (id: number): string => {
    const text = tokens[id];
    if (text !== undefined) return text;
    throw new ServiceError('invalid_request', `token id ${id} is not in the vocabulary of ${tokens.length} tokens`);
  };
  return {
    encode: (text) => (text === '' ? [] : library.encode(text, { add_special_tokens: false }).ids),
    decode: (ids) =>
      runsOf(ids, specialIds)
        .map((run) => {
          for (const id of run) textOf(id);
          const first = run[0];
          if (first !== undefined && specialIds.has(first)) return run.map(textOf).join('');
          return library.decode([...run], { clean_up_tokenization_spaces: false });
        })
        .join(''),
    bytesOf: createTokenBytes(definition),
    vocabularySize: tokens.length,
    specialIds,
    bosId,
    eosId,
    fingerprint: fingerprintOf(definition),
  };
}

/** The library throws plain errors for components and patterns that it does not know. */
function checkedLibraryTokenizer(definition: BpeDefinition): LibraryTokenizer {
  try {
    return createLibraryTokenizer(definition);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ServiceError('invalid_weights', `the tokenizer cannot be built: ${reason}`, { cause });
  }
}

function createLibraryTokenizer(definition: BpeDefinition): LibraryTokenizer {
  const { tokens, merges, specialIds, addedTokens } = definition;
  const vocabulary: [string, number][] = [];
  for (const [id, token] of tokens.entries()) {
    if (token !== undefined && !specialIds.has(id)) vocabulary.push([token, id]);
  }
  return new LibraryTokenizer(
    {
      added_tokens: addedTokens.map((token) => ({ ...token, special: false })),
      normalizer: definition.normalizer,
      pre_tokenizer: definition.preTokenizer,
      post_processor: null,
      decoder: definition.decoder,
      model: {
        type: 'BPE',
        vocab: Object.fromEntries(vocabulary),
        // Pairs, not `left right` texts: the library takes the form of the first one for all of them.
        merges: merges.map((merge) => merge.split(' ', 2)),
        ignore_merges: definition.ignoreMerges,
        byte_fallback: definition.byteFallback,
      },
    },
    { clean_up_tokenization_spaces: false },
  );
}

/** Neighbouring ids that are all special, or all not: the byte decoder of the library knows no special text. */
function runsOf(ids: readonly number[], specialIds: ReadonlySet<number>): number[][] {
  const runs: number[][] = [];
  let kind: boolean | undefined;
  for (const id of ids) {
    const special = specialIds.has(id);
    if (special === kind) runs.at(-1)?.push(id);
    else runs.push([id]);
    kind = special;
  }
  return runs;
}

/** SHA-256 over vocabulary, merges and special ids; the same for a GGUF and a folder of the same tokenizer. */
function fingerprintOf({ tokens, merges, specialIds }: BpeDefinition): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify(tokens.map((token) => token ?? null)));
  hash.update(JSON.stringify(merges));
  hash.update(JSON.stringify([...specialIds].sort((left, right) => left - right)));
  return hash.digest('hex');
}
