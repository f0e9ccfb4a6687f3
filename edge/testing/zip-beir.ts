import {
  Uint8ArrayReader,
  Uint8ArrayWriter,
  ZipWriter,
  type ZipWriterConstructorOptions,
} from '@zip.js/zip.js/lib/zip-core-native.js';

/** Files of a BEIR data set by path: judgements of `count` training queries, of which query and document share a number. */
export function beirFiles(count = 40): Record<string, string> {
  const numbers = Array.from({ length: count }, (_, index) => index);
  const lines = (line: (index: number) => string) => numbers.map((index) => `${line(index)}\n`).join('');
  return {
    'corpus.jsonl': lines((index) => JSON.stringify({ _id: `d${index}`, title: '', text: `passage ${index}` })),
    'queries.jsonl': lines((index) => JSON.stringify({ _id: `q${index}`, text: `query ${index}`, metadata: {} })),
    'qrels/train.tsv': `query-id\tcorpus-id\tscore\n${lines((index) => `q${index}\td${index}\t1`)}`,
  };
}

/** A zip archive of these files, each in `folder` (`scifact/`). */
export async function zipFiles(
  files: Readonly<Record<string, string | Uint8Array>>,
  { folder = '', ...options }: ZipWriterConstructorOptions & { readonly folder?: string } = {},
): Promise<Uint8Array> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false, ...options });
  if (folder !== '') await writer.add(folder, undefined, { directory: true });
  for (const [path, contents] of Object.entries(files)) {
    const bytes = typeof contents === 'string' ? new TextEncoder().encode(contents) : contents;
    await writer.add(`${folder}${path}`, new Uint8ArrayReader(bytes));
  }
  return writer.close();
}
