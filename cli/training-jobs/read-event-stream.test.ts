import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readEventStream } from '#cli/training-jobs/read-event-stream.ts';

it('reads the same events wherever the chunks end, passes over comments, and leaves out what was cut off', async () => {
  const text =
    'retry: 1000\n\n: still here\n\nid: 1\ndata: {"a":"ä"}\n\nid: 2\r\ndata: x\r\ndata: y\r\n\r\nid: 3\ndata: cut';
  const bytes = new TextEncoder().encode(text);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(bytes.length)), async (cuts) => {
      const ends = [...cuts.toSorted((a, b) => a - b), bytes.length];
      const chunks = ends.map((end, index) => bytes.slice(index === 0 ? 0 : ends[index - 1], end));
      const events = [];
      for await (const event of readEventStream(ReadableStream.from(chunks) as ReadableStream<Uint8Array>))
        events.push(event);
      expect(events).toEqual([
        { id: '1', data: '{"a":"ä"}' },
        { id: '2', data: 'x\ny' },
      ]);
    }),
  );
});
