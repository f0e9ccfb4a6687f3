import { ignoredWords } from '#shared/calibration/ignored-words.ts';
import { splitWords } from '#shared/calibration/split-words.ts';

/** Passages that a word must be in: below, the table would list names of its own articles, and grow threefold. */
const passagesMin = 3;

const lineCharactersMax = 118;

/** The source text of shared/calibration/background-words.ts: in how many of `passages` each word is. The same passages give the same text. */
export function renderBackgroundWords(passages: readonly string[], articles: number): string {
  const counts = new Map<string, number>();
  for (const passage of passages) {
    for (const word of new Set(splitWords(passage))) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const kept = [...counts].filter(([word, count]) => count >= passagesMin && !ignoredWords.has(word));
  const groups = [...Map.groupBy(kept, ([, count]) => count)].sort(([left], [right]) => right - left);
  const lines = groups.flatMap(([count, entries]) => wrap(String(count), entries.map(([word]) => word).sort()));
  return [
    '/**',
    ` * How many of ${passages.length} passages each word is in, for words in ${passagesMin} or more: \`count word word …\` a line. Written by`,
    ' * `npm run background-words` (infra/calibration/); do not edit. Made from the',
    ` * ${articles} articles of squad-passages' training split: Wikipedia paragraphs of the SQuAD 2.0 development set (Rajpurkar, Jia and Liang, 2018;`,
    ' * https://rajpurkar.github.io/SQuAD-explorer/), licence CC BY-SA 4.0 (https://creativecommons.org/licenses/by-sa/4.0/), which holds for this table.',
    ' */',
    'export const backgroundWords = `',
    ...lines,
    '`;',
    '',
    '/** Passages that were counted. */',
    `export const backgroundDocuments = ${passages.length};`,
    '',
  ].join('\n');
}

function wrap(head: string, words: readonly string[]): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const line = lines.at(-1);
    if (line === undefined || line.length + word.length >= lineCharactersMax) lines.push(`${head} ${word}`);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}
