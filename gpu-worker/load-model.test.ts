import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { WorkerState } from '#gpu-worker/http/worker-state.ts';
import { loadModel } from '#gpu-worker/load-model.ts';
import { createScoringEngine } from '#gpu-worker/scoring/create-scoring-engine.ts';
import type { WorkerEvent } from '#gpu-worker/worker-event.ts';

it('leaves the worker not ready, with the reason in the log, when there is no model', async () => {
  const cacheFolder = await mkdtemp(join(tmpdir(), 'hintrank-load-'));
  const state = new WorkerState();
  const lines: string[] = [];
  const events: WorkerEvent[] = [];
  await loadModel({
    state,
    createEngine: (onProgress) =>
      createScoringEngine({ modelPath: '/no/such/model.gguf', precision: 'int8', threads: 1, cacheFolder, onProgress }),
    createLoadedAdapters: () => {
      throw new Error('there is no engine');
    },
    loadCalibration: () => Promise.resolve(null),
    logger: pino({ level: 'info' }, { write: (line: string) => void lines.push(line) }),
    report: (event) => void events.push(event),
    now: () => 0,
  });
  await rm(cacheFolder, { recursive: true });
  expect(state.phase).toEqual({ name: 'failed' });
  expect(lines.join('')).toContain('/no/such/model.gguf');
  expect(events.at(-1)).toMatchObject({ event: 'failed', reason: expect.stringContaining('/no/such/model.gguf') });
});
