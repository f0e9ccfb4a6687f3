import { matchTexts } from '#gpu-worker/training/steps/match-texts.ts';
import type { PairTexts } from '#gpu-worker/training/steps/pair-sequences.ts';
import type { Calibration } from '#shared/calibration/calibration.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** What the lexical match adds to the likelihood of a pair in the blended order, nats per token. */
export type LexicalOffset = (texts: PairTexts) => number;

/**
 * The offset under the base model's constants. Blended log-odds divided by the likelihood's weight are
 *
 *     mean log-likelihood + (lexicalMatch / meanLogLikelihood) · lexical match + what is the same for all documents of a query
 *
 * so a loss over −ℓ + offset compares documents as the API orders them, in the unit of ℓ.
 * @throws ServiceError `invalid_request` where there are no constants, or their likelihood has no positive weight
 */
export function createLexicalOffset(base: Calibration | null): LexicalOffset {
  if (base === null) {
    throw new ServiceError(
      'invalid_request',
      'There are no calibration constants for this model, so there is no blended score to train on; `hintrank calibrate` fits them, --calibration reads them.',
    );
  }
  const { lexicalMatch, meanLogLikelihood } = base.constants;
  if (meanLogLikelihood <= 0) {
    throw new ServiceError(
      'invalid_request',
      `The calibration gives the likelihood the weight ${meanLogLikelihood}; training on the blended score needs a positive one.`,
    );
  }
  const natsPerMatch = lexicalMatch / meanLogLikelihood;
  return (texts) => natsPerMatch * matchTexts(texts);
}
