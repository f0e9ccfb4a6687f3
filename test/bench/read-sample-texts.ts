import { z } from 'zod';
import { readSampleLines } from '#test/bench/read-sample-lines.ts';

const lineSchema = z.object({ text: z.string() });

export interface SampleTexts {
  readonly passages: readonly string[];
  readonly queries: readonly string[];
}

/** The sample's passages and questions, without their ids. */
export async function readSampleTexts(): Promise<SampleTexts> {
  const [passages, queries] = await Promise.all([
    readSampleLines('passages.jsonl', lineSchema),
    readSampleLines('queries.jsonl', lineSchema),
  ]);
  return { passages: passages.map(({ text }) => text), queries: queries.map(({ text }) => text) };
}
