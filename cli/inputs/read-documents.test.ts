import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readDocuments } from '#cli/inputs/read-documents.ts';
import { testIo } from '#test/support/test-io.ts';

const read = (text: string) => readDocuments('-', testIo({ stdin: Readable.from([Buffer.from(text)]) }).io);

describe('readDocuments', () => {
  it('takes strings and objects, with the ids and field names of other tools', async () => {
    const lines = [
      '"plain"',
      '{"text":"t","id":7,"title":"T"}',
      '',
      '{"_id":"x","contents":"c","title":null}',
      '{"passage":"p"}',
    ];
    expect(await read(`\uFEFF${lines.join('\r\n')}\n`)).toEqual([
      { id: '1', title: null, text: 'plain' },
      { id: '7', title: 'T', text: 't' },
      { id: 'x', title: null, text: 'c' },
      { id: '5', title: null, text: 'p' },
    ]);
  });

  it('keeps a number under score, and leaves anything else under that name alone', async () => {
    const documents = await read(
      '{"text":"a","score":12.5}\n{"text":"b","score":"high"}\n{"text":"c","score":1e999}\n',
    );
    expect(documents.map(({ firstStageScore }) => firstStageScore)).toEqual([12.5, undefined, undefined]);
  });

  it.each([
    ['"a"\n{"text":', 'standard input line 2 is not JSON'],
    ['"a"\n\n7', 'standard input line 3 is neither a string nor an object'],
    ['{"id":1}', 'standard input line 1 has no text'],
    ['{"text":"  "}', 'standard input line 1 has an empty text'],
    ['\n', 'There are no documents in standard input.'],
  ])('refuses %j and says where', async (text, sentence) => {
    await expect(read(text)).rejects.toThrow(sentence);
  });
});
