import { drawHintPositions } from '#gpu-worker/q-peft/draw-hint-tokens.ts';
import { hintFeeds } from '#gpu-worker/q-peft/hint-feeds.ts';
import { attendInput, type HintTokens } from '#gpu-worker/q-peft/hint-input.ts';
import { attendedPositions } from '#gpu-worker/q-peft/select-attended-tokens.ts';
import { selectHintCells } from '#gpu-worker/q-peft/select-hint-tokens.ts';
import type { HintMaker, HintSessions } from '#gpu-worker/scoring/hint-maker.ts';

/** A document token that the hints of a pair were made from. */
export interface HintSource {
  /** Place among the document tokens that were scored, from 0. */
  readonly position: number;
  /** `retrieve`, chosen by similarity: the token of the query that it was chosen for, from 0, and their cosine. */
  readonly queryToken?: number;
  readonly similarity?: number;
  /** `attend`: its share of the attention, mean over heads and query tokens; all shares of a document sum to 1. */
  readonly weight?: number;
}

export interface HintTrace {
  readonly method: 'retrieve' | 'attend';
  /** `retrieve`: all of them, as they stand in the hint block; `attend`: the most attended, most first. */
  readonly sources: readonly HintSource[];
}

/** Tokens of a document that are named for `attend`, whose hints have something of every token. */
const attendedTokensMax = 10;

/** What the hints of a pair were made from; computed beside the scoring, which never waits for it. */
export async function traceHints(maker: HintMaker, sessions: HintSessions, tokens: HintTokens): Promise<HintTrace> {
  const { kind } = maker;
  if (kind.method === 'attend') {
    return { method: 'attend', sources: await mostAttended(maker, sessions, tokens, kind.heads) };
  }
  return { method: 'retrieve', sources: chosenTokens(maker, tokens) };
}

function chosenTokens(maker: HintMaker, { query, document }: HintTokens): HintSource[] {
  const { k, hintChoice } = maker.adapter.config;
  if (hintChoice === 'random') return drawHintPositions(query, document, k).map((position) => ({ position }));
  const cosines = maker.similarities(query, document);
  return selectHintCells(cosines, query, document, k, maker.filters).map((cell) => ({
    position: cell % document.length,
    queryToken: Math.floor(cell / document.length),
    similarity: cosines[cell] ?? 0,
  }));
}

async function mostAttended(
  { parameters, frozen, filters }: HintMaker,
  sessions: HintSessions,
  tokens: HintTokens,
  heads: number,
): Promise<HintSource[]> {
  const positions = attendedPositions(tokens.query, tokens.document, filters);
  const feeds = hintFeeds(
    { method: 'attend', heads },
    frozen.width,
    attendInput(tokens, filters, null),
    parameters,
    frozen,
  );
  const session = await sessions.attentionSession(heads);
  const { attention } = await session.run(feeds, ['attention']);
  if (attention === undefined) throw new Error('the hint graph returned no attention');
  return meanOverRows(attention, positions.length)
    .map((weight, index) => ({ position: positions[index] ?? 0, weight }))
    .sort((one, other) => other.weight - one.weight || one.position - other.position)
    .slice(0, attendedTokensMax);
}

/** @param values [rows, columns] */
function meanOverRows(values: Float32Array, columns: number): number[] {
  const rows = values.length / columns;
  const sums = Array.from({ length: columns }, () => 0);
  for (const [index, value] of values.entries()) sums[index % columns] = (sums[index % columns] ?? 0) + value;
  return sums.map((sum) => sum / rows);
}
