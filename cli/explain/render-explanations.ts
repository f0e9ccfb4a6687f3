import { stripVTControlCharacters } from 'node:util';
import type { RankingExplanation } from '#cli/explain/explain-ranking.ts';

/** A bar has one block a nat, this many at most. */
const barBlocksMax = 12;

/** Explanations as tables, one a document: each token of the query, its log-likelihood without and with the document, and the difference as a bar. */
export function renderExplanations(explanations: readonly RankingExplanation[], ids: readonly string[]): string {
  return explanations
    .map((explanation, place) => renderOne(explanation, `${place + 1}  ${shown(ids[place] ?? '')}`))
    .join('');
}

function renderOne({ tokens, hints }: RankingExplanation, title: string): string {
  const texts = tokens.map(({ text }) => shown(text));
  const width = Math.max(5, ...texts.map((text) => text.length));
  const rows = tokens.map(({ log_likelihood, log_likelihood_without_document: without, lift }, index) =>
    `  ${(texts[index] ?? '').padEnd(width)}  ${nats(without)}  ${nats(log_likelihood)}  ${nats(lift, '+')}  ${bar(lift)}`.trimEnd(),
  );
  const head = `  ${'token'.padEnd(width)}  without     with     lift`;
  const hintLine =
    hints === undefined ? [] : [`  ${hints.method === 'retrieve' ? 'hints' : 'attended'}: ${describeHints(hints)}`];
  return `\n${[title, head, ...rows, ...hintLine].join('\n')}\n`;
}

function describeHints({ tokens }: NonNullable<RankingExplanation['hints']>): string {
  return tokens
    .map(({ text, weight }) => (weight === undefined ? shown(text) : `${shown(text)} ${Math.round(weight * 100)} %`))
    .join(' · ');
}

/** Seven characters. */
function nats(value: number, plus = ''): string {
  return `${value >= 0 ? plus : ''}${value.toFixed(2)}`.padStart(7);
}

function bar(lift: number): string {
  const blocks = Math.min(barBlocksMax, Math.round(Math.abs(lift)));
  return (lift < 0 ? '−' : '█').repeat(blocks);
}

/** Without terminal control sequences and line breaks, since texts are anybody's; the space in front of a word is left out. */
function shown(text: string): string {
  const plain = stripVTControlCharacters(text)
    .replace(/\p{Cc}/gu, '·')
    .trim();
  return plain === '' ? '␠' : plain;
}
