import { readSampleTexts } from '#test/bench/read-sample-texts.ts';

/** Real passages and questions; `unseen` gives passages with a number in front that no other has, so that nothing of them is kept. */
export interface LoadTexts {
  readonly unseen: (count: number) => string[];
  readonly query: (index: number) => string;
}

export async function readLoadTexts(): Promise<LoadTexts> {
  const { passages, queries } = await readSampleTexts();
  let next = 0;
  const one = () => {
    next += 1;
    return `${next}. ${passages[next % passages.length]}`;
  };
  return {
    unseen: (count) => Array.from({ length: count }, one),
    query: (index) => queries[index % queries.length] ?? '',
  };
}
