import type { ChunkRange, ChunkSettings } from '#gpu-worker/scoring/chunks/chunk-settings.ts';

/** How good a place is to cut, by what begins there: a sentence, a word, a character; 0: the middle of a character, where no cut is made. */
export type BorderStrength = 0 | 1 | 2 | 3;

/** Part of what a chunk adds to its predecessor that may be given up for a better border, and tokens that are looked through for one at most. */
const slackShare = 1 / 8;
const slackMax = 64;

/**
 * The chunks of `count` tokens: about equally long, as few as there can be, none longer than `tokens`, none shorter than a quarter of it, and neighbours
 * share `overlap` tokens or a few more. Equal lengths cost the fewest tokens, and no chunk is a remnant that repeats its predecessor.
 * `strengthAt(n)` — of the border in front of token n. There are `tokens − overlap` ≥ 24 more tokens in a chunk than it shares, so that the four tokens a
 * character can be spread over are never all that there is to choose from.
 */
export function planChunks(
  count: number,
  { tokens, overlap }: Pick<ChunkSettings, 'tokens' | 'overlap'>,
  strengthAt: (position: number) => BorderStrength,
): ChunkRange[] {
  const slack = Math.min(slackMax, Math.floor((tokens - overlap) * slackShare));
  const chunks: ChunkRange[] = [];
  let start = 0;
  while (count - start > tokens) {
    const rest = count - start;
    const left = Math.ceil((rest - overlap) / (tokens - overlap));
    const even = start + Math.ceil((rest + (left - 1) * overlap) / left);
    const end = bestBorder(even - slack, Math.min(even + slack, start + tokens), even, strengthAt);
    chunks.push({ start, end });
    const shared = end - overlap;
    start = overlap === 0 ? end : bestBorder(shared - slack, shared, shared, strengthAt);
  }
  chunks.push({ start, end: count });
  return chunks;
}

/** The strongest border from `first` to `last`; of equal ones the nearest to `wanted`. */
function bestBorder(
  first: number,
  last: number,
  wanted: number,
  strengthAt: (position: number) => BorderStrength,
): number {
  let best = wanted;
  let strongest = strengthAt(wanted);
  for (let position = first; position <= last; position += 1) {
    const strength = strengthAt(position);
    const isNearer = Math.abs(position - wanted) < Math.abs(best - wanted);
    if (strength > strongest || (strength === strongest && isNearer)) {
      best = position;
      strongest = strength;
    }
  }
  return best;
}
