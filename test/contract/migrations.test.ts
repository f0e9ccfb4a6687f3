import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { repositoryFolder } from '#test/support/source-files.ts';

/** First schema whose code may still run beside, or come back after, the newest one. A migration that takes something away raises it past the last code that used it. */
const oldestSchema = 0;

const folder = join(repositoryFolder, 'edge/database/migrations');
const readJson = (path: string): unknown => JSON.parse(readFileSync(join(folder, path), 'utf8'));
const journal = z.object({ entries: z.array(z.object({ idx: z.number(), tag: z.string() })) });
const columnSchema = z.object({ name: z.string(), type: z.string(), primaryKey: z.boolean(), notNull: z.boolean() });
const snapshotSchema = z.object({
  tables: z.record(
    z.string(),
    z.object({
      columns: z.record(z.string(), columnSchema),
      compositePrimaryKeys: z.record(z.string(), z.object({ columns: z.array(z.string()) })),
    }),
  ),
});
type Table = z.infer<typeof snapshotSchema>['tables'][string];

const schemas = journal.parse(readJson('meta/_journal.json')).entries.map(({ idx, tag }) => ({
  number: idx,
  tag,
  sql: readFileSync(join(folder, `${tag}.sql`), 'utf8'),
  tables: snapshotSchema.parse(readJson(`meta/${String(idx).padStart(4, '0')}_snapshot.json`)).tables,
}));

function migrate(database: DatabaseSync, from: number, to: number): void {
  for (const { number, sql } of schemas) if (number >= from && number <= to) database.exec(sql);
}

/** A row as code that knows these columns writes it; another for each seed. `whole`: what may be missing is there. */
function rowOf({ columns }: Table, seed: number, whole: boolean): Record<string, string | number | null> {
  const entries = Object.values(columns).map(({ name, type, primaryKey, notNull }) => {
    if (!whole && !notNull && !primaryKey) return [name, null] as const;
    return [name, type === 'integer' ? seed : `${name} ${seed}`] as const;
  });
  return Object.fromEntries(entries);
}

function insert(database: DatabaseSync, table: string, row: Record<string, string | number | null>): void {
  const names = Object.keys(row).map((name) => `"${name}"`);
  const values = Object.values(row);
  database
    .prepare(`INSERT INTO "${table}" (${names.join(', ')}) VALUES (${values.map(() => '?').join(', ')})`)
    .run(...values);
}

function select(database: DatabaseSync, name: string, table: Table): unknown[] {
  const names = Object.keys(table.columns).map((column) => `"${column}"`);
  return database
    .prepare(`SELECT ${names.join(', ')} FROM "${name}" ORDER BY rowid`)
    .all()
    .map((row) => ({ ...row }));
}

const newest = schemas.length - 1;

describe.each(schemas.slice(oldestSchema, newest))('code of the schema $tag', ({ number, tables }) => {
  const database = new DatabaseSync(':memory:');
  migrate(database, 0, number);
  for (const [name, table] of Object.entries(tables)) insert(database, name, rowOf(table, 1, true));
  migrate(database, number + 1, newest);

  it.each(Object.entries(tables))(
    'finds its rows of %s, and writes, changes and deletes them, on the newest schema',
    (name, table) => {
      const rows = [rowOf(table, 1, true), rowOf(table, 2, true), rowOf(table, 3, false), rowOf(table, 4, false)];
      for (const row of rows.slice(1)) insert(database, name, row);
      expect(select(database, name, table)).toEqual(rows);
      const keys = Object.values(table.compositePrimaryKeys).flatMap(({ columns }) => columns);
      const changed = Object.values(table.columns).filter(
        (column) => !column.primaryKey && !keys.includes(column.name),
      );
      for (const { name: column } of changed) database.exec(`UPDATE "${name}" SET "${column}" = "${column}"`);
      expect(select(database, name, table)).toEqual(rows);
      expect(database.prepare(`DELETE FROM "${name}"`).run().changes).toBe(rows.length);
    },
  );
});

it('a migration that took something away, or asked for what old code does not write, would be found', () => {
  const last = schemas.find(({ number }) => number === newest);
  const table = last?.tables['usage_days'];
  const write = (change: string) => {
    const database = new DatabaseSync(':memory:');
    migrate(database, 0, newest);
    database.exec(change);
    if (table !== undefined) insert(database, 'usage_days', rowOf(table, 1, true));
  };
  expect(() => write('ALTER TABLE usage_days ADD cost integer')).not.toThrow();
  expect(() => write('ALTER TABLE usage_days DROP COLUMN tokens')).toThrow('no column named tokens');
  expect(() => write('ALTER TABLE usage_days RENAME COLUMN tokens TO all_tokens')).toThrow('no column named tokens');
  expect(() => write('DROP TABLE usage_days; CREATE TABLE usage_days (day text NOT NULL)')).toThrow('no column');
  expect(() => write("ALTER TABLE usage_days ADD region text NOT NULL DEFAULT ''")).not.toThrow();
});
