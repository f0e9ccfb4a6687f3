import type { AdapterResponse, AdapterVersionResponse } from '#shared/protocol/adapter-response.ts';

const megabyte = 1_000_000;

/** Adapters as a table, a line each. */
export function renderAdapters(adapters: readonly AdapterResponse[]): string {
  if (adapters.length === 0) return 'There are no adapters.\n';
  const rows = adapters.map(({ name, newest_version: newest, versions, aliases, base_model: base }) => [
    name,
    String(newest),
    String(versions.length),
    aliases.map(({ alias, version }) => `${alias}=${version}`).join(','),
    base,
  ]);
  return renderTable([['name', 'newest', 'versions', 'aliases', 'base model'], ...rows]);
}

/** Versions as a table, a line each. */
export function renderVersions(versions: readonly AdapterVersionResponse[]): string {
  const rows = versions.map((version) => [
    version.id,
    version.created_at.slice(0, 16).replace('T', ' '),
    (version.bytes / megabyte).toFixed(1),
    version.details?.method ?? 'unknown',
    version.template,
    version.aliases.join(','),
    version.digest.slice(0, 12),
  ]);
  return renderTable([['version', 'created (UTC)', 'MB', 'method', 'template', 'aliases', 'SHA-256'], ...rows]);
}

function renderTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return `${rows.map((row) => line(row).trimEnd()).join('\n')}\n`;
}
