import { formatCount } from '#edge/format-count.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { limits } from '#shared/limits.ts';
import { isReadableText, unreadableText } from '#shared/protocol/readable-text.ts';
import type { RerankDocument } from '#shared/protocol/rerank-request.ts';

export interface DocumentToRead {
  readonly document: RerankDocument;
  /** Its name in errors: `documents[3]`. */
  readonly name: string;
  readonly rankFields: readonly string[] | undefined;
}

/**
 * The text that is scored: the string itself, an object's `text`, or its `rank_fields` as lines `field: value` (one field: its value alone).
 * Throws ServiceError `invalid_request` where it is empty, longer than the limit, or no text.
 */
export function documentText({ document, name, rankFields }: DocumentToRead): string {
  const text = typeof document === 'string' ? document : objectText(document, name, rankFields ?? ['text']);
  if (text.trim() === '') throw invalid(name, `${name} is empty`);
  if (text.length > limits.documentCharactersMax) {
    const limit = formatCount(limits.documentCharactersMax);
    throw invalid(name, `${name} has ${formatCount(text.length)} characters, the limit is ${limit}`);
  }
  if (!isReadableText(text)) throw invalid(name, `${name} ${unreadableText}`);
  return text;
}

function objectText(document: Readonly<Record<string, unknown>>, name: string, fields: readonly string[]): string {
  const present = fields.filter((field) => Object.hasOwn(document, field) && document[field] !== null);
  if (present.length === 0) {
    const wanted = fields.map((field) => `"${field}"`).join(', ');
    throw invalid(name, `${name} has none of the fields ${wanted}; name the fields to read in rank_fields`);
  }
  const [only] = present;
  if (fields.length === 1 && only !== undefined) return valueText(document[only]);
  return present.map((field) => `${field}: ${valueText(document[field])}`).join('\n');
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function invalid(name: string, message: string): ServiceError {
  return new ServiceError('invalid_request', message, { param: name });
}
