import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** The D1 of an edge in `wrangler dev`, opened beside it. */
export interface LocalDatabase {
  /** Rows of a statement. */
  rows(statement: string): Record<string, unknown>[];
  /** Runs statements, separated by semicolons. */
  run(statements: string): void;
  /** From now on what the edge writes there fails, as on a disk that is full, until `mend`. */
  fail(write: 'UPDATE ON training_jobs' | 'INSERT ON adapter_versions'): void;
  mend(): void;
}

/** Milliseconds to wait for the edge's own transaction. */
const busyMs = 5_000;

/** @param dataFolder what wrangler persists to; the edge has used its database */
export function openLocalDatabase(dataFolder: string): LocalDatabase {
  const folder = join(dataFolder, 'v3', 'd1', 'miniflare-D1DatabaseObject');
  const use = <Result>(work: (database: DatabaseSync) => Result): Result => {
    const file = readdirSync(folder).find((name) => name.endsWith('.sqlite') && !name.startsWith('metadata'));
    if (file === undefined) throw new Error(`there is no database in ${folder}`);
    const database = new DatabaseSync(join(folder, file), { timeout: busyMs });
    try {
      return work(database);
    } finally {
      database.close();
    }
  };
  const run = (statements: string) => use((database) => database.exec(statements));
  return {
    rows: (statement) => use((database) => database.prepare(statement).all()),
    run,
    fail: (write) => run(`CREATE TRIGGER broken BEFORE ${write} BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END`),
    mend: () => run('DROP TRIGGER IF EXISTS broken'),
  };
}
