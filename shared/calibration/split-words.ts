/** Runs of letters, their marks, and digits; everything else separates. */
const run = /[\p{L}\p{M}\p{N}]+/gu;

/** Characters of scripts that are written without spaces between words. */
const unspacedClass =
  '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}]';
const unspaced = new RegExp(unspacedClass, 'u');
const unspacedOrOther = new RegExp(`${unspacedClass}+|(?:(?!${unspacedClass}).)+`, 'gsu');

/**
 * The words of a text in any language, lower-cased (NFKC first, so that full-width and ligature forms are the plain ones), in order, repeats kept.
 * Scripts without spaces give overlapping pairs of characters: no dictionary, so that the same text has the same words in every runtime and version.
 */
export function splitWords(text: string): string[] {
  const runs = text.normalize('NFKC').toLowerCase().match(run) ?? [];
  return runs.flatMap((word) => (unspaced.test(word) ? splitMixed(word) : [word]));
}

function splitMixed(word: string): string[] {
  return (word.match(unspacedOrOther) ?? []).flatMap((part) => (unspaced.test(part) ? pairsOf(part) : [part]));
}

function pairsOf(part: string): string[] {
  const characters = [...part];
  if (characters.length === 1) return characters;
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`);
}
