import { env } from 'cloudflare:workers';
import { getTableConfig } from 'drizzle-orm/sqlite-core';
import { describe, expect, it } from 'vitest';
import {
  adapterAliasMoves,
  adapterDeletions,
  adapterUploads,
  adapterVersions,
  apiKeys,
  usageDays,
} from '#edge/database/schema.ts';
import { datasets, trainingDays, trainingEvents, trainingJobs } from '#edge/database/training-schema.ts';

async function rows<Row>(pragma: string): Promise<Row[]> {
  const { results } = await env.DB.prepare(pragma).all<Row>();
  return results;
}

describe('the migrations', () => {
  it.each([
    ['api_keys', apiKeys],
    ['adapter_versions', adapterVersions],
    ['adapter_alias_moves', adapterAliasMoves],
    ['adapter_uploads', adapterUploads],
    ['adapter_deletions', adapterDeletions],
    ['usage_days', usageDays],
    ['datasets', datasets],
    ['training_jobs', trainingJobs],
    ['training_events', trainingEvents],
    ['training_days', trainingDays],
  ])('make %s as the schema says; a failure here means `npm run migrations` was forgotten', async (name, table) => {
    const { columns, indexes, primaryKeys } = getTableConfig(table);
    const keyed = primaryKeys.flatMap((key) => key.columns.map((column) => column.name));
    const made = await rows<{ name: string; type: string; notnull: number; pk: number }>(`PRAGMA table_info(${name})`);
    expect(made.map((column) => [column.name, column.type.toLowerCase(), column.notnull === 1, column.pk > 0])).toEqual(
      columns.map((column) => [
        column.name,
        column.getSQLType(),
        column.notNull,
        column.primary || keyed.includes(column.name),
      ]),
    );
    const madeIndexes = await rows<{ name: string; unique: number; origin: string }>(`PRAGMA index_list(${name})`);
    const named = madeIndexes.filter(({ origin }) => origin === 'c').map((index) => [index.name, index.unique === 1]);
    expect(named.sort()).toEqual(indexes.map(({ config }) => [config.name, config.unique]).sort());
  });
});
