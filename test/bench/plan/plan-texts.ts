import { readSampleTexts } from '#test/bench/read-sample-texts.ts';

/** Real passages and questions, by the ids that are drawn. A number in front makes a text one that no other is. */
export interface PlanTexts {
  readonly keptDocument: (id: number) => string;
  /** `run` tells the documents of two loads apart, which have the same ids. */
  readonly newDocument: (id: number, run: number) => string;
  readonly query: (index: number, run: number) => string;
}

export async function readPlanTexts(): Promise<PlanTexts> {
  const { passages, queries } = await readSampleTexts();
  const passage = (id: number) => passages[id % passages.length] ?? '';
  return {
    keptDocument: (id) => `${id}. ${passage(id)}`,
    newDocument: (id, run) => `${run}-${id}. ${passage(id)}`,
    query: (index, run) => `${queries[index % queries.length]} (${run}, ${index})`,
  };
}
