import type { Sample } from '#infra/local/sample/read-sample.ts';
import type { SampleRanking } from '#infra/local/sample/rerank-sample.ts';

/** Characters of a passage that are shown. */
const excerptCharacters = 84;

/** The ranking as lines of a table: new place, place before, score, mean log-likelihood, article and beginning of the passage. */
export function describeRanking(sample: Sample, { model, results, milliseconds }: SampleRanking): string {
  const lines = results.map(({ index, relevance_score, mean_log_likelihood }, place) => {
    const passage = sample.passages[index];
    const places = `${String(place + 1).padStart(4)}  ${String(index + 1).padStart(5)}`;
    const likelihood = mean_log_likelihood?.toFixed(3) ?? '';
    const scores = `${relevance_score.toFixed(4)}  ${likelihood.padStart(8)}`;
    const mark = passage?.id === sample.answering_passage_id ? '◀ answers it' : '';
    return `${places}  ${scores}  ${excerpt(`${passage?.title}: ${passage?.text}`)} ${mark}`.trimEnd();
  });
  const head = `${model}, ${results.length} passages in ${Math.round(milliseconds)} ms`;
  return [head, ' now  BM25   score  nats/tok  passage', ...lines].join('\n');
}

function excerpt(text: string): string {
  return text.length <= excerptCharacters ? text : `${text.slice(0, excerptCharacters - 1)}…`;
}
