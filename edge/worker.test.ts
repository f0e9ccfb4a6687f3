import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import worker from '#edge/worker.ts';

it('the cron trigger sweeps what expired long ago', async () => {
  const row = ['up_1', 'acme', 'tickets', 1, 'open', 0, 1];
  const columns = 'id, tenant_id, name, bytes, state, created_at, expires_at';
  await env.DB.prepare(`INSERT INTO adapter_uploads (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?)`)
    .bind(...row)
    .run();
  await worker.scheduled({}, env);
  expect((await env.DB.prepare('SELECT id FROM adapter_uploads').all()).results).toEqual([]);
});
