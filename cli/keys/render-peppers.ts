import { stripVTControlCharacters } from 'node:util';
import type { KeysByPepper } from '#cli/keys/count-keys-by-pepper.ts';

/** How many keys each pepper has, whether all are under the first, and the oldest that are not. */
export function renderPeppers({ counts, unnamed, foreign, waiting }: KeysByPepper): string {
  const head = [
    'live keys',
    ...counts.map((keys, index) => countLine(keys, placeName(index, counts.length))),
    ...(unnamed === 0 ? [] : [countLine(unnamed, 'under a pepper that their row does not name yet')]),
    ...(foreign === 0 ? [] : [countLine(foreign, 'under a pepper that API_KEY_PEPPER does not have')]),
  ];
  const left = counts.slice(1).reduce((total, keys) => total + keys, unnamed + foreign);
  if (left === 0) return asText([...head, 'All keys are under the first pepper; no other is needed.']);
  const shown = waiting.length < left ? `. The oldest ${waiting.length}` : '';
  return asText([
    ...head,
    `Not under the first pepper: ${left.toLocaleString('en-US')}. Each moves there when it is next used${shown}:`,
    ...waiting.map(({ id, tenant_id, name }) => `${id}  ${tenant_id}  ${stripVTControlCharacters(name)}`),
  ]);
}

function countLine(keys: number, where: string): string {
  return `${keys.toLocaleString('en-US').padStart(9)}  ${where}`;
}

function placeName(index: number, peppers: number): string {
  return `under pepper ${index + 1} of ${peppers}${index === 0 ? ', which new keys get' : ''}`;
}

function asText(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
