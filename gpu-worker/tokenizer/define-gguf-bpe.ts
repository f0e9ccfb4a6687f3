import type { AddedToken, BpeDefinition } from '#gpu-worker/tokenizer/bpe-definition.ts';
import { endOfTextId } from '#gpu-worker/tokenizer/end-of-text.ts';
import { byteLevelPreTokenizer, preTokenizerFamilies } from '#gpu-worker/tokenizer/pre-tokenizers.ts';
import type { GgufMetadata } from '#gpu-worker/weights/gguf-value.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** `tokenizer.ggml.token_type` values of the GGUF specification. */
const tokenTypes = { normal: 1, userDefined: 4, byte: 6 } as const;

/** The tokenizer that GGUF metadata describes. @throws ServiceError `invalid_weights` naming key and value */
export function defineGgufBpe(metadata: GgufMetadata): BpeDefinition {
  const model = metadata.get('tokenizer.ggml.model');
  if (model !== 'gpt2') {
    const name = model === 'llama' ? '"llama" (SentencePiece)' : JSON.stringify(model ?? null);
    throw refuse(
      'model',
      `is ${name}; only byte-level BPE ("gpt2") is read from a GGUF. Use the checkpoint's Hugging Face folder`,
    );
  }
  const pre = metadata.get('tokenizer.ggml.pre');
  const known = typeof pre === 'string' && Object.hasOwn(preTokenizerFamilies, pre);
  const family = known ? preTokenizerFamilies[pre] : undefined;
  if (!family) {
    const supported = Object.keys(preTokenizerFamilies).join(', ');
    throw refuse('pre', `is ${JSON.stringify(pre ?? null)}, which is not one of ${supported}`);
  }
  const tokens = readTexts(metadata, 'tokens');
  const merges = readTexts(metadata, 'merges');
  for (const [index, merge] of merges.entries()) {
    if (!/^[^ ]+ [^ ]+$/.test(merge)) {
      throw refuse('merges', `holds ${JSON.stringify(merge.slice(0, 80))} at index ${index}, which is not two tokens`);
    }
  }
  const { specialIds, addedTokens } = sortTokens(tokens, metadata.get('tokenizer.ggml.token_type'));
  const addBos = metadata.get('tokenizer.ggml.add_bos_token') ?? family.addBos;
  return {
    tokens,
    merges,
    specialIds,
    addedTokens,
    normalizer: family.normalise ? { type: 'NFC' } : null,
    preTokenizer: byteLevelPreTokenizer(family.patterns),
    decoder: { type: 'ByteLevel' },
    ignoreMerges: family.ignoreMerges,
    byteFallback: false,
    bosId: addBos === true ? readId(metadata, 'bos_token_id', tokens.length) : null,
    eosId: endOfTextId(tokens, specialIds, readId(metadata, 'eos_token_id', tokens.length)),
  };
}

/** Ordinary tokens are learnt ones; user-defined tokens are cut out of texts; all others are never emitted. */
function sortTokens(tokens: readonly string[], types: unknown): { specialIds: Set<number>; addedTokens: AddedToken[] } {
  if (!(types instanceof Int32Array) || types.length !== tokens.length) {
    throw refuse('token_type', `does not give an int32 for each of the ${tokens.length} tokens`);
  }
  const specialIds = new Set<number>();
  const addedTokens: AddedToken[] = [];
  for (const [id, content] of tokens.entries()) {
    const type = types[id];
    if (type === tokenTypes.userDefined) addedTokens.push({ id, content, normalized: false });
    else if (type !== tokenTypes.normal && type !== tokenTypes.byte) specialIds.add(id);
  }
  return { specialIds, addedTokens };
}

function readTexts(metadata: GgufMetadata, key: string): readonly string[] {
  const value = metadata.get(`tokenizer.ggml.${key}`);
  if (Array.isArray(value) && value.length > 0 && value.every((text) => typeof text === 'string')) return value;
  throw refuse(key, 'is not an array of texts');
}

function readId(metadata: GgufMetadata, key: string, vocabularySize: number): number | null {
  const value = metadata.get(`tokenizer.ggml.${key}`);
  if (value === undefined) return null;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < vocabularySize) return value;
  throw refuse(key, `is ${String(value)}, outside the vocabulary of ${vocabularySize}`);
}

function refuse(key: string, reason: string): ServiceError {
  return new ServiceError('invalid_weights', `GGUF metadata "tokenizer.ggml.${key}" ${reason}`);
}
