import type { z } from 'zod';
import { formatCount } from '#edge/format-count.ts';
import { valueAt } from '#shared/errors/value-at.ts';

type Issue = z.core.$ZodIssue;

/** Fields whose values are a caller's texts: never shown, not even in part. */
const textFields = new Set([
  'query',
  'documents',
  'texts',
  'contexts',
  'input',
  'relevant_passages',
  'hard_negatives',
  'text_1',
  'text_2',
  'data_1',
  'data_2',
  'queries',
  'items',
]);

/** Characters of a short value that an error shows. */
const shownCharactersMax = 40;

/** `documents[3].title` for ['documents', 3, 'title']. */
export function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>((name, step) => {
    if (typeof step === 'number') return `${name}[${step}]`;
    return name === '' ? String(step) : `${name}.${String(step)}`;
  }, '');
}

/**
 * One sentence that names the field, its value and the limit.
 * `input` — what was parsed. `rename` — the client's own name of a canonical field (`texts` for `documents`).
 */
export function describeIssue(issue: Issue, input: unknown, rename: (field: string) => string): string {
  if (issue.code === 'unrecognized_keys') return describeUnknown(issue);
  const [root, ...rest] = issue.path;
  if (root === undefined) return `The request body is ${describeValue(input, false)}; it must be a JSON object`;
  const field = rename(String(root));
  const name = fieldName([field, ...rest]);
  const value = valueAt(input, issue.path);
  const shown = describeValue(value, !textFields.has(field));
  switch (issue.code) {
    case 'too_big':
      return describeTooBig(name, value, shown, Number(issue.maximum));
    case 'too_small':
      return describeTooSmall(name, value, shown, Number(issue.minimum));
    case 'invalid_type':
      if (value === undefined) return `${name} is missing; it must be ${withArticle(issue.expected)}`;
      return `${name} is ${shown}; it must be ${withArticle(issue.expected)}`;
    case 'invalid_union':
      return `${name} is ${shown}; it must be a string or an object`;
    case 'invalid_value':
      return `${name} is ${shown}; it must be one of ${issue.values.map((one) => JSON.stringify(one)).join(', ')}`;
    case 'invalid_format':
      return `${name} is ${shown}; ${issue.message}`;
    case 'custom':
      return `${name} ${issue.message}`;
    default:
      return `${name} is not valid`;
  }
}

function describeUnknown({ path, keys }: Extract<Issue, { code: 'unrecognized_keys' }>): string {
  const [first = ''] = keys;
  const name = fieldName([...path, first.slice(0, shownCharactersMax)]);
  return `${name} is not known here; leave it out${keys.length > 1 ? `, and ${keys.length - 1} more` : ''}`;
}

function describeTooBig(name: string, value: unknown, shown: string, maximum: number): string {
  const limit = `the limit is ${formatCount(maximum)}`;
  if (Array.isArray(value)) return `${name} has ${formatCount(value.length)} items, ${limit}`;
  if (typeof value === 'string') return `${name} has ${formatCount(value.length)} characters, ${limit}`;
  return `${name} is ${shown}, ${limit}`;
}

function describeTooSmall(name: string, value: unknown, shown: string, minimum: number): string {
  if (Array.isArray(value) || typeof value === 'string')
    return `${name} is empty, at least ${formatCount(minimum)} is needed`;
  return `${name} is ${shown}, the least is ${formatCount(minimum)}`;
}

function describeValue(value: unknown, mayShow: boolean): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number') return formatCount(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return withArticle(typeof value);
  return mayShow && value.length <= shownCharactersMax ? JSON.stringify(value) : 'a string';
}

function withArticle(type: string): string {
  if (type === 'int') return 'a whole number';
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}
