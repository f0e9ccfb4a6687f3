import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readJsonLines } from '#gpu-worker/files/read-json-lines.ts';
import { readLines } from '#gpu-worker/files/read-lines.ts';
import { renderBackgroundWords } from '#infra/calibration/render-background-words.ts';

/** `npm run background-words -- --data SQUAD_PASSAGES`: writes shared/calibration/background-words.ts from the articles of the training split. */
const { values } = parseArgs({ options: { data: { type: 'string' } } });
if (values.data === undefined) throw new Error('--data is missing: the folder of squad-passages');

const training = new Set<string>();
const judgements = join(values.data, 'qrels', 'train.tsv');
for await (const { text } of readLines(createReadStream(judgements), judgements))
  training.add(text.split('\t')[1] ?? '');

const passages: { title: string; text: string; trained: boolean }[] = [];
for await (const { value } of readJsonLines(join(values.data, 'corpus.jsonl'))) {
  const { _id, title, text } = value as { _id: string; title: string; text: string };
  passages.push({ title, text, trained: training.has(_id) });
}
// Whole articles, by title: a passage without a question belongs to its article's split.
const articles = new Set(passages.filter((passage) => passage.trained).map((passage) => passage.title));
const texts = passages.filter((passage) => articles.has(passage.title)).map((passage) => passage.text);
await writeFile(
  new URL('../../shared/calibration/background-words.ts', import.meta.url),
  renderBackgroundWords(texts, articles.size),
);
