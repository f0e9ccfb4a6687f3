import { readdirSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, it } from 'vitest';
import { adapterStatement, apiKeyStatement } from '#infra/local/database/seed-statements.ts';

let database: DatabaseSync;
beforeEach(() => {
  database = new DatabaseSync(':memory:');
  const migrations = new URL('../../../edge/database/migrations/', import.meta.url);
  const names = readdirSync(migrations).filter((name) => name.endsWith('.sql'));
  for (const name of names.sort()) database.exec(readFileSync(new URL(name, migrations), 'utf8'));
});

const key = (hash: string, scopes = 'rerank') => ({
  id: 'key_local',
  tenant_id: 'local',
  name: "the first one's",
  hash,
  scopes,
  created_at: 0,
  expires_at: null,
  revoked_at: null,
  requests_per_minute: null,
  tokens_per_day: null,
  replaces: null,
  pepper_id: `pepper of ${hash}`,
});
const adapter = (digest: string, name = 'squad-sample') => ({
  tenant_id: 'local',
  name,
  digest,
  base_model: 'm',
  template: 'clean-1',
  bytes: 5,
  created_at: 0,
});
const rows = (sql: string) => database.prepare(sql).all();

describe('apiKeyStatement', () => {
  it('writes the key once, and renews its hash and scopes when they are new', () => {
    for (const hash of ['one', 'one']) database.exec(apiKeyStatement(key(hash)));
    database.exec(apiKeyStatement(key('two', 'rerank admin')));
    const columns = 'id, name, hash, pepper_id, scopes, revoked_at';
    const renewed = { hash: 'two', pepper_id: 'pepper of two', scopes: 'rerank admin', revoked_at: null };
    expect(rows(`SELECT ${columns} FROM api_keys`)).toEqual([{ id: 'key_local', name: "the first one's", ...renewed }]);
  });
});

describe('adapterStatement', () => {
  it('registers a digest once, and another one as the next version of its name', () => {
    for (const digest of ['a', 'a', 'b', 'b']) database.exec(adapterStatement(adapter(digest)));
    database.exec(adapterStatement(adapter('a', 'other')));
    expect(rows('SELECT name, version, digest FROM adapter_versions ORDER BY name, version')).toEqual([
      { name: 'other', version: 1, digest: 'a' },
      { name: 'squad-sample', version: 1, digest: 'a' },
      { name: 'squad-sample', version: 2, digest: 'b' },
    ]);
  });
});
