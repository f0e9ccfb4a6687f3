import { adapterError } from '#shared/adapter-file/adapter-error.ts';
import type { AdapterFile } from '#shared/adapter-file/adapter-file.ts';
import { adapterTensorNames } from '#shared/adapter-file/adapter-tensors.ts';

/** What an adapter has to agree with. */
export interface AdapterTarget {
  readonly hiddenSize: number;
  readonly vocabularySize: number;
  /** SHA-256 hex. */
  readonly modelFingerprint: string;
  /** SHA-256 hex; null for a model without a tokenizer, which takes token ids. */
  readonly tokenizerFingerprint: string | null;
}

/**
 * Refuses an adapter that was made for another model. Fingerprints are compared where the adapter states them; sizes always.
 * @throws ServiceError `invalid_adapter` naming both values
 */
export function validateAdapterAgainstModel(adapter: AdapterFile, model: AdapterTarget): void {
  const { modelFingerprint, tokenizerFingerprint } = adapter.config;
  if (adapter.hiddenSize !== model.hiddenSize) {
    throw adapterError(`its hidden size is ${adapter.hiddenSize}, the model's is ${model.hiddenSize}`);
  }
  if (modelFingerprint !== undefined && modelFingerprint !== model.modelFingerprint) {
    throw adapterError(
      `it was made for base model ${shorten(modelFingerprint)}, this one is ${shorten(model.modelFingerprint)}`,
    );
  }
  if (
    tokenizerFingerprint !== undefined &&
    model.tokenizerFingerprint !== null &&
    tokenizerFingerprint !== model.tokenizerFingerprint
  ) {
    throw adapterError(
      `it was made for tokenizer ${shorten(tokenizerFingerprint)}, this one is ${shorten(model.tokenizerFingerprint)}`,
    );
  }
  checkVocabulary(adapter, model.vocabularySize);
}

function checkVocabulary({ embedding, hiddenSize }: AdapterFile, vocabularySize: number): void {
  if (embedding?.kind === 'table') {
    const rows = embedding.values.length / hiddenSize;
    if (rows === vocabularySize) return;
    throw adapterError(
      `tensor "${adapterTensorNames.embeddingTable}" has ${rows} rows, the model's vocabulary ${vocabularySize}`,
    );
  }
  const last = embedding?.rows.at(-1) ?? -1;
  if (last >= vocabularySize) {
    throw adapterError(
      `tensor "${adapterTensorNames.embeddingRows}" names row ${last}, the model's vocabulary ends at ${vocabularySize - 1}`,
    );
  }
}

/** Enough hex digits to tell two models apart by eye. */
function shorten(fingerprint: string): string {
  return `${fingerprint.slice(0, 12)}…`;
}
