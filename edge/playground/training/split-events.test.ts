import { expect, it } from 'vitest';
import { splitEvents } from '#edge/playground/training/split-events.ts';

const stream = ': hello\n\nid: 1\ndata: {"kind":"a"}\n\nid: 2\ndata: {"k":\ndata: 1}\n\nretry: 5\n\n';

it('has the data of whole events', () => {
  expect(splitEvents(stream)).toEqual({ data: ['{"kind":"a"}', '{"k":\n1}'], rest: '' });
});

it('has the same wherever the stream is cut', () => {
  for (let cut = 0; cut <= stream.length; cut += 1) {
    const first = splitEvents(stream.slice(0, cut));
    const second = splitEvents(first.rest + stream.slice(cut));
    expect([...first.data, ...second.data]).toEqual(splitEvents(stream).data);
  }
});
