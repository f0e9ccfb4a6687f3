import { env } from 'cloudflare:workers';
import { expect, it, vi } from 'vitest';
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

it('a training job is admitted by its message, through the real queue', async () => {
  const columns = 'id, tenant_id, key_id, dataset_id, adapter_name, base_model, plan, state, created_at';
  await env.DB.prepare(
    `INSERT INTO training_jobs (${columns}) VALUES ('tj_1', 'acme', 'k', 'ds', 'a', 'm', '{}', 'submitted', 0)`,
  ).run();
  await env.TRAINING_QUEUE.send({ kind: 'unknown' });
  await env.TRAINING_QUEUE.send({ kind: 'admit', job_id: 'tj_1' });
  const state = () => env.DB.prepare("SELECT state FROM training_jobs WHERE id = 'tj_1'").first('state');
  await vi.waitFor(async () => expect(await state()).toBe('queued'), { timeout: 30_000, interval: 100 });
}, 60_000);
