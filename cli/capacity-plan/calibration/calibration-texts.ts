import { seededRandom } from '#gpu-worker/training/seeded-random.ts';

/** Words of English prose, of a token or two each: what they say does not matter, how many there are does. */
const words =
  'the of and river in to was city a climate for music on that century with by university his from population as at island were first which state government not but later national company system world important several history between water known called established language region development considered mountain traditional economic temperature constitution architecture'.split(
    ' ',
  );

/** Texts of so many words, none like another. */
export interface CalibrationTexts {
  readonly text: (wordCount: number) => string;
}

/** @param run makes the texts of two runs different, so that nothing of one is kept for the other */
export function createCalibrationTexts(run: number): CalibrationTexts {
  const random = seededRandom(run, 'calibration-texts', 0);
  const word = () => words[random.integer(words.length)] ?? '';
  return { text: (wordCount) => Array.from({ length: wordCount }, word).join(' ') };
}
