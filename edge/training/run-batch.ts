import type { D1Database } from '@cloudflare/workers-types';
import type { SQL } from 'drizzle-orm';
import { SQLiteAsyncDialect } from 'drizzle-orm/sqlite-core';
import { askTrainingDatabase } from '#edge/training/ask-training-database.ts';

const dialect = new SQLiteAsyncDialect();

/**
 * Runs statements in one transaction, all or none, and returns each one's rows. Drizzle's own batch takes no statements of text that have parameters.
 * Throws ServiceError `training_unavailable`.
 */
export async function runBatch(database: D1Database, statements: readonly SQL[]): Promise<unknown[][]> {
  const run = async () => {
    const prepared = statements.map((statement) => {
      const { sql, params } = dialect.sqlToQuery(statement);
      return database.prepare(sql).bind(...params);
    });
    return database.batch(prepared);
  };
  return (await askTrainingDatabase(run())).map(({ results }) => results);
}
