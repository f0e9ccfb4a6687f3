export type SqlValue = string | number | null;

/** A row as the two lists of an INSERT, for statements that are handed over as text. */
export function sqlRow(row: Readonly<Record<string, SqlValue>>): { readonly columns: string; readonly values: string } {
  return { columns: Object.keys(row).join(', '), values: Object.values(row).map(sqlLiteral).join(', ') };
}

/** wrangler takes statements without parameters, so texts are quoted as SQLite's grammar has it. Throws for a NUL character, which ends a statement. */
export function sqlLiteral(value: SqlValue): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number') return String(value);
  if (value.includes('\0')) throw new Error('a NUL character cannot be written into a statement');
  return `'${value.replaceAll("'", "''")}'`;
}
