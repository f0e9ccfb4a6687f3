import { stopWords } from '#shared/text/stop-words.ts';

/**
 * Words that say nothing about what a query is about: Lucene's classic English stop words, and the words that make an English question. The second
 * group matters because passages hardly contain them: by frequency alone they would weigh most. Part of `hintrank-calibration-1`.
 */
export const ignoredWords: ReadonlySet<string> = new Set([
  ...stopWords,
  ...'what which who whom whose when where why how do does did has have had were been being can could would should'.split(
    ' ',
  ),
]);
