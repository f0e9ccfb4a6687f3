import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { BeirDocument } from '#gpu-worker/evaluation/read-beir-folder.ts';
import { seededGenerator } from '#gpu-worker/evaluation/seeded-generator.ts';

/** Words of each passage, about 130 tokens: what is put together then fits the tokens that are read. */
const passageWords = 100;

/** Each document as one of `passages` passages: itself at a random place among distractors drawn for it alone. One passage: itself, cut to the same length. */
export function lengthenDocuments(
  documents: ReadonlyMap<string, BeirDocument>,
  passages: number,
  distractors: ReadonlyMap<string, BeirDocument>,
): Map<string, BeirDocument> {
  return new Map(
    [...documents].map(([documentId, { title, text }]) => {
      const random = seededGenerator('distractors', documentId);
      const others = [...distractors.keys()].filter((id) => id !== documentId);
      // Drawn in the same order for every length: more passages are the same ones and further ones.
      const drawn = Array.from({ length: others.length === 0 ? 0 : passages - 1 }, () =>
        firstWords(distractors.get(others[uniformInt(random, 0, others.length - 1)] ?? '')?.text ?? ''),
      );
      const place = uniformInt(seededGenerator('place of the passage', documentId, passages), 0, drawn.length);
      return [documentId, { title, text: drawn.toSpliced(place, 0, firstWords(text)).join('\n') }];
    }),
  );
}

function firstWords(text: string): string {
  return text.split(/\s+/u).slice(0, passageWords).join(' ');
}
