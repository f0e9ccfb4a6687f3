import { existsSync, readFileSync } from 'node:fs';
import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '#gpu-worker/files/write-atomically.ts';

const pairSchema = z.tuple([z.string(), z.string(), z.number()]);

/** Query, document, mean log-likelihood (nats per token). */
export type CellPair = z.infer<typeof pairSchema>;

const cellSchema = z.object({
  format: z.literal('hintrank-study-cell-1'),
  /** For people: what was measured on what. */
  description: z.string(),
  pairs: z.array(pairSchema),
});
const chunkSchema = z.object({ chunk: z.int(), pairs: z.array(pairSchema) });

/**
 * The scores of one cell in a study's folder: `cells/DIGEST.json` when it is done, and until then a line for each chunk of documents in
 * `cells/DIGEST.partial.jsonl`. A kill loses the chunk that was being scored; half a line is passed over.
 */
export class MeasuredCellFile {
  readonly #path: string;
  readonly #partialPath: string;

  constructor(folder: string, digest: string) {
    this.#path = join(folder, 'cells', `${digest}.json`);
    this.#partialPath = join(folder, 'cells', `${digest}.partial.jsonl`);
  }

  /** All pairs, or null while the cell is not done. A file that is not whole counts as not done. */
  read(): CellPair[] | null {
    if (!existsSync(this.#path)) return null;
    const parsed = cellSchema.safeParse(parseJson(readFileSync(this.#path, 'utf8')));
    return parsed.success ? parsed.data.pairs : null;
  }

  /** Pairs of the chunks that are there. */
  readChunks(): Map<number, CellPair[]> {
    if (!existsSync(this.#partialPath)) return new Map();
    const lines = readFileSync(this.#partialPath, 'utf8').split('\n');
    return new Map(
      lines.flatMap((line) => {
        const parsed = chunkSchema.safeParse(parseJson(line));
        return parsed.success ? [[parsed.data.chunk, parsed.data.pairs] as const] : [];
      }),
    );
  }

  /** Begins with a line's end, so that half a line before it stays alone. */
  async addChunk(chunk: number, pairs: readonly CellPair[]): Promise<void> {
    await appendFile(this.#partialPath, `\n${JSON.stringify({ chunk, pairs })}`);
  }

  async finish(description: string, pairs: readonly CellPair[]): Promise<void> {
    const cell: z.infer<typeof cellSchema> = { format: 'hintrank-study-cell-1', description, pairs: [...pairs] };
    await writeAtomically(this.#path, (write) => write(`${JSON.stringify(cell)}\n`));
    await rm(this.#partialPath, { force: true });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
