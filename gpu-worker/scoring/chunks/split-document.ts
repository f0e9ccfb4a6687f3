import type { ChunkRange, ChunkSettings } from '#gpu-worker/scoring/chunks/chunk-settings.ts';
import type { ChunkGroup, DocumentChunk, DocumentSplit } from '#gpu-worker/scoring/chunks/document-split.ts';
import { planChunks } from '#gpu-worker/scoring/chunks/plan-chunks.ts';
import { type TokenBorders, tokenBorders } from '#gpu-worker/scoring/chunks/token-borders.ts';
import type { Tokenizer } from '#gpu-worker/tokenizer/tokenizer.ts';
import { lexicalMatch, type WordWeights } from '#shared/calibration/lexical-match.ts';
import { contentWords } from '#shared/calibration/word-weights.ts';
import { limits } from '#shared/limits.ts';

export interface DocumentToSplit {
  readonly tokenizer: Pick<Tokenizer, 'bytesOf'>;
  readonly text: string;
  /** What the template puts in front of the text before it is tokenised. */
  readonly textPrefix: string;
  /** Of text prefix and text. */
  readonly ids: readonly number[];
  /** Tokens that may be taken, from the start or, where the template says so, up to the end. */
  readonly tokensMax: number;
  readonly keep: 'start' | 'end';
  readonly settings: ChunkSettings;
  /** Of each query: its words' weights, and the tokens that the context has room for beside it. */
  readonly queries: readonly { readonly weights: WordWeights; readonly room: number }[];
}

/** Tokens that `countMax` full chunks hold. */
export function chunkedTokensMax({ tokens, overlap, countMax }: ChunkSettings): number {
  return overlap + countMax * (tokens - overlap);
}

/**
 * The chunks of a document, or null where it is scored in one piece: where it has no more tokens than a chunk. A chunk is shorter where the context has
 * less room beside the query; one that leaves room for a few tokens only gets the document's beginning. A query's chunks do not depend on the others'.
 */
export function splitDocument(document: DocumentToSplit): DocumentSplit | null {
  const { settings, queries, ids, tokensMax } = document;
  const sizes = queries.map(({ room }) => Math.min(settings.tokens, room));
  const kept = Math.min(ids.length, tokensMax);
  if (sizes.every((size) => kept <= size)) return null;
  const borders = tokenBorders(ids.map((id) => document.tokenizer.bytesOf(id)));
  const positions = queries.map((_, index) => index);
  return [...Map.groupBy(positions, (index) => sizes[index] ?? 0)].map(([size, own]) =>
    splitFor(document, own, { ...settings, tokens: size, overlap: Math.min(settings.overlap, size >> 1) }, borders),
  );
}

function splitFor(
  document: DocumentToSplit,
  queries: readonly number[],
  settings: ChunkSettings,
  borders: TokenBorders,
): ChunkGroup {
  const { ids, keep, tokensMax } = document;
  const hasRoom = settings.tokens >= limits.chunkTokensMin;
  const kept = Math.min(ids.length, tokensMax, hasRoom ? chunkedTokensMax(settings) : Math.max(1, settings.tokens));
  const first = keep === 'start' ? 0 : nextBorder(ids.length - kept, borders);
  const last = keep === 'start' ? kept : ids.length;
  const planned = hasRoom
    ? planChunks(last - first, settings, (position) => borders.strengthAt(first + position))
    : [{ start: 0, end: last - first }];
  const shifted = planned.map(({ start, end }) => ({ start: first + start, end: first + end }));
  const ranges = keep === 'start' ? shifted.slice(0, settings.countMax) : shifted.slice(-settings.countMax);
  const isFaithful = standsForText(document);
  const own = queries.flatMap((index) => document.queries[index]?.weights ?? []);
  return {
    queries,
    chunks: ranges.map((range) =>
      chunkOf(document, range, isFaithful ? charactersOf(document, range, borders) : null, own),
    ),
    truncated: ranges[0]?.start !== 0 || ranges.at(-1)?.end !== ids.length,
  };
}

function chunkOf(
  { ids, text, tokenizer }: DocumentToSplit,
  tokens: ChunkRange,
  characters: ChunkRange | null,
  queries: readonly WordWeights[],
): DocumentChunk {
  const own = ids.slice(tokens.start, tokens.end);
  const words = contentWords(
    characters === null ? textOf(own, tokenizer) : text.slice(characters.start, characters.end),
  );
  return {
    ids: Uint32Array.from(own),
    tokens,
    characters,
    lexicalMatches: queries.map((query) => lexicalMatch(query, words)),
  };
}

function charactersOf(
  { textPrefix }: DocumentToSplit,
  { start, end }: ChunkRange,
  { codeUnits }: TokenBorders,
): ChunkRange {
  const inText = (position: number) => Math.max(0, (codeUnits[position] ?? 0) - textPrefix.length);
  return { start: inText(start), end: inText(end) };
}

/** Whether the tokens spell the text as it came, and not one that was normalised. */
function standsForText({ ids, text, textPrefix, tokenizer }: DocumentToSplit): boolean {
  return textOf(ids, tokenizer) === textPrefix + text.toWellFormed();
}

function textOf(ids: readonly number[], { bytesOf }: Pick<Tokenizer, 'bytesOf'>): string {
  return Buffer.concat(ids.map(bytesOf)).toString('utf8');
}

function nextBorder(position: number, { strengthAt }: TokenBorders): number {
  let next = position;
  while (strengthAt(next) === 0) next += 1;
  return next;
}
