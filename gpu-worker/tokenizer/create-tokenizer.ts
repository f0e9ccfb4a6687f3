import { buildTokenizer } from '#gpu-worker/tokenizer/build-tokenizer.ts';
import { defineGgufBpe } from '#gpu-worker/tokenizer/define-gguf-bpe.ts';
import { defineJsonBpe } from '#gpu-worker/tokenizer/define-json-bpe.ts';
import type { Tokenizer } from '#gpu-worker/tokenizer/tokenizer.ts';
import type { GgufMetadata } from '#gpu-worker/weights/gguf-value.ts';

/**
 * From a Hugging Face folder's parsed `tokenizer.json` and `tokenizer_config.json` (null where there is none).
 * @throws ServiceError `invalid_weights` naming file and field
 */
export function tokenizerFromJson(tokenizerJson: unknown, tokenizerConfig: unknown): Tokenizer {
  return buildTokenizer(defineJsonBpe(tokenizerJson, tokenizerConfig));
}

/**
 * From the metadata of a GGUF file.
 * @throws ServiceError `invalid_weights` naming key and value, also for a tokenizer that cannot be rebuilt exactly
 */
export function tokenizerFromGguf(metadata: GgufMetadata): Tokenizer {
  return buildTokenizer(defineGgufBpe(metadata));
}
