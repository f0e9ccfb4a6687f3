import { stripVTControlCharacters } from 'node:util';
import type { KeyResponse } from '#shared/protocol/key-response.ts';

const columns: readonly (readonly [title: string, cell: (key: KeyResponse) => string])[] = [
  ['id', (key) => key.id],
  ['name', (key) => stripVTControlCharacters(key.name)],
  ['status', (key) => key.status],
  ['scopes', (key) => key.scopes.join(',')],
  ['created', (key) => key.created_at.slice(0, 10)],
  ['expires', (key) => key.expires_at?.slice(0, 10) ?? 'never'],
  ['requests/min', (key) => key.requests_per_minute?.toLocaleString('en-US') ?? 'default'],
  ['tokens/day', (key) => key.tokens_per_day?.toLocaleString('en-US') ?? 'any'],
  ['replaces', (key) => key.replaces ?? ''],
];

/** Keys as a table, a line each. */
export function renderKeys(keys: readonly KeyResponse[]): string {
  const rows = [columns.map(([title]) => title), ...keys.map((key) => columns.map(([, cell]) => cell(key)))];
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return `${rows.map((row) => line(row).trimEnd()).join('\n')}\n`;
}
