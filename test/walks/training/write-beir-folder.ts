import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface JudgedQuery {
  readonly id: string;
  readonly text: string;
  /** Ids of relevant documents. */
  readonly relevant: readonly string[];
}

export interface BeirFolder {
  /** Texts by id, in the order of the corpus. */
  readonly documents: ReadonlyMap<string, string>;
  /** Judged queries by the name of their part: a file of `qrels/` each. */
  readonly parts: Readonly<Record<string, readonly JudgedQuery[]>>;
}

/** Writes a folder in BEIR's layout and returns its path. */
export async function writeBeirFolder(path: string, { documents, parts }: BeirFolder): Promise<string> {
  await mkdir(join(path, 'qrels'), { recursive: true });
  const write = (name: string, lines: readonly string[]) => writeFile(join(path, name), `${lines.join('\n')}\n`);
  const corpus = [...documents].map(([id, text]) => JSON.stringify({ _id: id, title: '', text }));
  await write('corpus.jsonl', corpus);
  const queries = Object.values(parts).flat();
  await write(
    'queries.jsonl',
    queries.map(({ id, text }) => JSON.stringify({ _id: id, text })),
  );
  for (const [part, judged] of Object.entries(parts)) {
    const rows = judged.flatMap(({ id, relevant }) => relevant.map((documentId) => `${id}\t${documentId}\t1`));
    await write(`qrels/${part}.tsv`, ['query-id\tcorpus-id\tscore', ...rows]);
  }
  return path;
}
