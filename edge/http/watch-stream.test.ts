import { expect, it } from 'vitest';
import { watchStream } from '#edge/http/watch-stream.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const nobodyLeaves = new AbortController().signal;

function sourceOf(...texts: string[]) {
  const state = { pulled: 0, cancelled: false };
  const source = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const text = texts[state.pulled];
        state.pulled += 1;
        if (text === undefined) controller.close();
        else controller.enqueue(bytes(text));
      },
      cancel: () => {
        state.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { source, state };
}

it('passes all bytes on and then is complete', async () => {
  const { source } = sourceOf('one, ', 'two');
  const { stream, ended } = watchStream(source, nobodyLeaves);
  expect(await new Response(stream).text()).toBe('one, two');
  expect(await ended).toBe('complete');
});

it('reads nothing that nobody asks for, and tells its source when the reader leaves', async () => {
  const { source, state } = sourceOf('one', 'two', 'three');
  const { stream, ended } = watchStream(source, nobodyLeaves);
  const reader = stream.getReader();
  await reader.read();
  expect(state).toEqual({ pulled: 1, cancelled: false });
  await reader.cancel();
  expect(await ended).toBe('left');
  expect(state).toEqual({ pulled: 1, cancelled: true });
});

it('is over when the request is, whether or not the platform tells the stream', async () => {
  const gone = new AbortController();
  const { ended } = watchStream(sourceOf('one').source, gone.signal);
  gone.abort();
  expect(await ended).toBe('left');
});

it('breaks where its source does, for its reader too', async () => {
  const fault = new Error('the store is gone');
  const source = new ReadableStream<Uint8Array>({ pull: () => Promise.reject(fault) });
  const { stream, ended } = watchStream(source, nobodyLeaves);
  await expect(new Response(stream).text()).rejects.toThrow('the store is gone');
  expect(await ended).toBe('broken');
});
