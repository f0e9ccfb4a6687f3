import { stripVTControlCharacters } from 'node:util';
import type { InputDocument } from '#cli/inputs/read-documents.ts';
import type { RankedDocument } from '#cli/output/rank-documents.ts';

/** Ids longer than this are cut in the table; `--json` has them whole. */
const idCharactersMax = 24;

/** A ranking as a table of `columns` characters: rank, score (the relevance score, in (0, 1)), id, the start of the text. Terminal control sequences in documents are taken out. */
export function renderRanking(ranking: readonly RankedDocument<InputDocument>[], columns: number): string {
  const rows = ranking.map(({ document, relevanceScore }, position) => ({
    rank: String(position + 1),
    score: shortScore(relevanceScore),
    id: cut(oneLine(document.id), idCharactersMax),
    text: oneLine(document.title ? `${document.title}: ${document.text}` : document.text),
  }));
  const rankWidth = Math.max(4, ...rows.map((row) => row.rank.length));
  const scoreWidth = Math.max(5, ...rows.map((row) => row.score.length));
  const idWidth = Math.max(2, ...rows.map((row) => row.id.length));
  const textWidth = Math.max(20, columns - rankWidth - scoreWidth - idWidth - 6);
  const render = (rank: string, score: string, id: string, text: string): string =>
    `${rank.padStart(rankWidth)}  ${score.padStart(scoreWidth)}  ${id.padEnd(idWidth)}  ${cut(text, textWidth)}`.trimEnd();
  const lines = rows.map((row) => render(row.rank, row.score, row.id, row.text));
  return `${[render('rank', 'score', 'id', 'document'), ...lines].join('\n')}\n`;
}

/** Four decimals, or two digits where those would be zeros. */
function shortScore(score: number): string {
  return score < 0.0001 ? score.toExponential(1) : score.toFixed(4);
}

function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
}

function cut(text: string, width: number): string {
  const letters = [...text];
  return letters.length <= width ? text : `${letters.slice(0, width - 1).join('')}…`;
}
