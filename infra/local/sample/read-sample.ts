import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { parseAdapterFile } from '#shared/adapter-file/parse-adapter-file.ts';

const sampleSchema = z.object({
  question: z.string(),
  answering_passage_id: z.string(),
  passages: z.array(z.object({ id: z.string(), title: z.string(), url: z.string(), text: z.string() })).min(12),
});

/** A real question over real passages, in the order of BM25. */
export type Sample = z.infer<typeof sampleSchema>;

/** Name under which the sample adapter is registered. */
export const sampleAdapterName = 'squad-sample';

export interface SampleAdapter {
  readonly file: Uint8Array;
  /** SHA-256 of the file, hex. */
  readonly digest: string;
  /** Template that it was trained with. */
  readonly template: string;
}

export async function readSample(): Promise<Sample> {
  return sampleSchema.parse(JSON.parse(await readFile(new URL('./squad-passages.json', import.meta.url), 'utf8')));
}

export async function readSampleAdapter(): Promise<SampleAdapter> {
  const file = await readFile(new URL('./squad-sample.safetensors', import.meta.url));
  const digest = createHash('sha256').update(file).digest('hex');
  return { file, digest, template: parseAdapterFile(file).config.template };
}
