import { describe, expect, it } from 'vitest';
import {
  defaultTemplate,
  parseTemplateName,
  resolveTemplate,
  type TemplateTokenizer,
  templateNames,
} from '#gpu-worker/q-peft/template-registry.ts';

/** One token a character, its code point; notes what it was asked. */
function characterTokenizer(bosId: number | null, eosId: number | null) {
  const encoded: string[] = [];
  const tokenizer: TemplateTokenizer = {
    encode(text) {
      encoded.push(text);
      return Array.from(text, (character) => character.codePointAt(0) ?? 0);
    },
    bosId,
    eosId,
  };
  return { tokenizer, encoded };
}

const codes = (text: string) => characterTokenizer(null, null).tokenizer.encode(text);

describe('resolving a template', () => {
  it('tokenises each segment by itself, so that no token spans two', () => {
    const { tokenizer, encoded } = characterTokenizer(null, null);
    resolveTemplate('clean-1', tokenizer);
    expect(encoded.toSorted()).toEqual(
      [
        'given the hints, please generate a question for the input passage\nPassage:',
        '',
        '\n',
        'hints: ',
        '\n',
        'Question:',
      ].toSorted(),
    );
  });

  it('clean-1 counts the query’s tokens only, whatever the tokenizer has', () => {
    const template = resolveTemplate('clean-1', characterTokenizer(1, 2).tokenizer);
    expect(template).toMatchObject({ start: [], targetStart: [], targetEnd: [], textPrefix: ' ', keep: 'start' });
    expect(template.cue).toEqual(codes('Question:'));
    expect(template.documentClose).toEqual(codes('\n'));
  });

  it('upr-1 moves the last token of the document’s close to the cue, where the first target is predicted', () => {
    const template = resolveTemplate('upr-1', characterTokenizer(1, 2).tokenizer);
    expect(template.cue).toEqual(codes('.'));
    expect([...template.documentClose, ...template.cue]).toEqual(
      codes('. Please write a question based on this passage.'),
    );
    expect(template.instruction).toEqual([]);
    expect(template.passageOpen).toEqual(codes('Passage:'));
  });

  it('authors-1 puts bos in front of all and of the query, and counts it and eos as targets', () => {
    const template = resolveTemplate('authors-1', characterTokenizer(1, 2).tokenizer);
    expect(template).toMatchObject({ start: [1], targetStart: [1], targetEnd: [2], textPrefix: '', keep: 'end' });
    expect(template.cue).toEqual(codes('Question: \n'));
  });

  it('authors-1 does without the sequence tokens that a tokenizer lacks', () => {
    const withoutBos = resolveTemplate('authors-1', characterTokenizer(null, 2).tokenizer);
    expect(withoutBos).toMatchObject({ start: [], targetStart: [], targetEnd: [2] });
    const withoutEos = resolveTemplate('authors-1', characterTokenizer(0, null).tokenizer);
    expect(withoutEos).toMatchObject({ start: [0], targetStart: [0], targetEnd: [] });
  });

  it.each(templateNames)('%s has a row in front of the first target in its suffix', (name) => {
    expect(resolveTemplate(name, characterTokenizer(null, null).tokenizer).cue.length).toBeGreaterThan(0);
  });
});

describe('template names', () => {
  it('include the default and parse to themselves', () => {
    expect(templateNames).toContain(defaultTemplate);
    for (const name of templateNames) expect(parseTemplateName(name)).toBe(name);
  });

  it.each(['clean-2', '', 'constructor', 'CLEAN-1'])('do not include "%s", and the message lists all', (name) => {
    expect(() => parseTemplateName(name)).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        param: 'template',
        message: `template "${name}" is not known; there are: clean-1, upr-1, authors-1`,
      }),
    );
  });
});
