import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocuments } from '#edge/playground/documents/parse-documents.ts';
import { limits } from '#shared/limits.ts';

const documentsOf = (text: string) => {
  const parsed = parseDocuments(text);
  return parsed.kind === 'documents' ? parsed.documents : parsed.message;
};

describe('parseDocuments', () => {
  it.each([
    ['lines, without the blank ones', 'one\r\n\n  two \n', [{ text: 'one' }, { text: 'two' }]],
    ['nothing', ' \n ', []],
    [
      'JSON Lines',
      '{"text":"a","score":2,"title":"T","id":1}\n\n"b"',
      [{ text: 'a', score: 2, title: 'T' }, { text: 'b' }],
    ],
    ['a JSON array over several lines', '["a",\n {"text": "b"}]', [{ text: 'a' }, { text: 'b' }]],
    [
      'prose that begins with a quotation mark',
      '"Hello", she said.\nnext',
      [{ text: '"Hello", she said.' }, { text: 'next' }],
    ],
    ['prose that begins with a bracket', '[1] A footnote.', [{ text: '[1] A footnote.' }]],
  ])('reads %s', (_case, text, documents) => {
    expect(documentsOf(text)).toEqual(documents);
  });

  it.each([
    ['{"text":"a"}\nnot json', 'Line 2 is not JSON.'],
    ['{"body":"a"}', 'Line 1 is neither a text nor an object with “text”.'],
    ['["a", 3]', 'Item 2 is neither a text nor an object with “text”.'],
  ])('says what is wrong with %j', (text, message) => {
    expect(documentsOf(text)).toBe(message);
  });

  it('refuses more documents than a request takes, with both numbers', () => {
    const text = 'x\n'.repeat(limits.documentsPerRequestMax + 1);
    expect(documentsOf(text)).toContain(`There are ${limits.documentsPerRequestMax + 1} documents`);
  });

  it('gives back what was written as JSON Lines, and never throws', () => {
    const document = fc.record({ text: fc.string(), score: fc.double({ noNaN: true, noDefaultInfinity: true }) });
    fc.assert(
      fc.property(fc.array(document, { minLength: 1, maxLength: 5 }), (documents) => {
        const written = documents.map((each) => JSON.stringify(each)).join('\n');
        expect(documentsOf(written)).toEqual(JSON.parse(`[${written.replaceAll('\n', ',')}]`));
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => void parseDocuments(text)));
  });
});
