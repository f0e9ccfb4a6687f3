import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readScoreLines } from '#cli/inputs/read-score-lines.ts';
import { testIo } from '#test/support/test-io.ts';

const read = (text: string) =>
  Array.fromAsync(readScoreLines('-', testIo({ stdin: Readable.from([Buffer.from(text)]) }).io));

describe('readScoreLines', () => {
  it('takes texts and token ids, and passes over fields that it does not know', async () => {
    expect(await read('{"query":"q","document":"d","id":3}\n{"prompt_ids":[1,2],"target_ids":[3]}')).toEqual([
      { kind: 'pair', place: 'standard input line 1', query: 'q', document: 'd' },
      { kind: 'tokens', place: 'standard input line 2', promptIds: [1, 2], targetIds: [3] },
    ]);
  });

  it.each([
    ['{"query":"q"}', 'line 1: "document"'],
    ['{"query":"","document":"d"}', 'line 1: "query"'],
    ['{"prompt_ids":[1]}', 'line 1: "target_ids"'],
    ['{"prompt_ids":[1.5],"target_ids":[2]}', 'line 1: "prompt_ids.0"'],
    ['{"prompt_ids":[-1],"target_ids":[2]}', 'line 1: "prompt_ids.0"'],
    ['"text"', 'line 1 is not an object'],
  ])('refuses %s and names line and field', async (text, sentence) => {
    await expect(read(text)).rejects.toThrow(sentence);
  });
});
