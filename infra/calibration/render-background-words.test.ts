import { expect, it } from 'vitest';
import { renderBackgroundWords } from '#infra/calibration/render-background-words.ts';

it('lists words of three passages or more with their counts, usual ones first, and none that is ignored', () => {
  const passages = ['The tower stands', 'a tower, a TOWER', 'tower by a river', 'river river', 'river'];
  const source = renderBackgroundWords(passages, 2);
  expect(source).toContain('export const backgroundWords = `\n3 river tower\n`;');
  expect(source).toContain('export const backgroundDocuments = 5;');
  expect(renderBackgroundWords([...passages].reverse(), 2)).toBe(source);
});

it('keeps to the width of a line', () => {
  const passage = Array.from({ length: 500 }, (_, index) => `word${index}`).join(' ');
  const lines = renderBackgroundWords([passage, passage, passage], 1).split('\n');
  expect(lines.filter((line) => line.startsWith('3 word')).length).toBeGreaterThan(20);
  expect(Math.max(...lines.filter((line) => /^\d/.test(line)).map((line) => line.length))).toBeLessThanOrEqual(120);
});
