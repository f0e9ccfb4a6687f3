import { expect, it } from 'vitest';
import { followEvents } from '#edge/playground/training/follow-events.ts';
import type { TrainingEventData } from '#shared/protocol/training-events.ts';

const now = () => 0;
const { signal } = new AbortController();

async function follow(answer: () => Promise<Response>) {
  const events: TrainingEventData[] = [];
  const following = {
    jobId: 'tj_1',
    key: 'hr_k',
    signal,
    onEvents: (more: readonly TrainingEventData[]) => void events.push(...more),
  };
  return { fault: await followEvents({ fetch: answer, now }, following), events };
}

it('hands on events as they come, without those it does not know', async () => {
  const bytes = new TextEncoder().encode('data: {"kind":"base","metric":0.5}\n\ndata: {"kind":"new"}\n\ndata: x\n\n');
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  const { fault, events } = await follow(async () => new Response(stream));
  expect(fault).toBeNull();
  expect(events).toEqual([{ kind: 'base', metric: 0.5 }]);
});

it('says why there are none', async () => {
  expect((await follow(async () => new Response('', { status: 502 }))).fault).toMatchObject({ title: 'Status 502' });
  expect((await follow(() => Promise.reject(new Error('cut')))).fault).toMatchObject({
    title: 'The API does not answer',
  });
});
