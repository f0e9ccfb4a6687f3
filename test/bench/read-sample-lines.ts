import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { readJsonLines } from '#gpu-worker/files/read-json-lines.ts';
import { repositoryFolder } from '#test/support/source-files.ts';

/** Lines of a file of `test/fixtures/squad-sample/`: real passages (90 to 130 words), or questions. */
export async function readSampleLines<Line>(
  name: 'passages.jsonl' | 'queries.jsonl',
  schema: z.ZodType<Line>,
): Promise<Line[]> {
  const path = join(repositoryFolder, 'test', 'fixtures', 'squad-sample', name);
  const lines: Line[] = [];
  for await (const { value } of readJsonLines(path, createReadStream(path))) lines.push(schema.parse(value));
  return lines;
}
