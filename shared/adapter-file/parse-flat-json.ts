import { adapterError } from '#shared/adapter-file/adapter-error.ts';
import { findDuplicateKey } from '#shared/safetensors/find-duplicate-key.ts';

/** Levels of nesting: enough for summaries, far from what overflows the stack of a recursive checker or of `JSON.stringify`. */
const depthMax = 20;

/**
 * The JSON object of an adapter's `configuration`.
 * @throws ServiceError `invalid_adapter` for broken JSON, another type, a key twice, or nesting past 20 levels
 */
export function parseFlatJson(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw adapterError('metadata "configuration" is not valid JSON', cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw adapterError('metadata "configuration" is not a JSON object');
  }
  const depth = nestingDepth(text);
  if (depth > depthMax)
    throw adapterError(`configuration is nested ${depth} levels deep, more than the limit ${depthMax}`);
  const duplicate = findDuplicateKey(text);
  if (duplicate !== null) throw adapterError(`configuration holds ${JSON.stringify(duplicate.slice(0, 80))} twice`);
  return value;
}

/** Upper bound from the text: brackets inside strings are dropped first. */
function nestingDepth(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of json.replace(/"(?:[^"\\]|\\.)*"/g, '')) {
    if (character === '{' || character === '[') deepest = Math.max(deepest, ++depth);
    else if (character === '}' || character === ']') depth -= 1;
  }
  return deepest;
}
