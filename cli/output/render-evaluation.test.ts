import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { renderEvaluation } from '#cli/output/render-evaluation.ts';
import { renderEvaluationHtml } from '#cli/output/render-evaluation-html.ts';
import { renderEvaluationJson } from '#cli/output/render-evaluation-json.ts';
import { renderEvaluationMarkdown } from '#cli/output/render-evaluation-markdown.ts';
import { evaluateRankings } from '#gpu-worker/evaluation/evaluate-rankings.ts';
import type { EvaluationReport } from '#gpu-worker/evaluation/report/evaluation-report.ts';

const hostile = '<script>alert(1)</script> | `x`';
const queryIds = ['q0', 'q1', 'q2', 'q3'];
const run = (ids: readonly string[]) =>
  new Map(queryIds.map((id) => [id, ids.map((documentId, index) => ({ documentId, score: -index }))]));
const judgements = new Map(queryIds.map((id) => [id, new Map([['good', 1]])]));
const report: EvaluationReport = {
  data: 'sample',
  split: 'test',
  method: 'ours',
  firstStage: 'the run a.trec',
  depth: 20,
  scoring: {
    orderedBy: 'blended',
    blend: { fittedOn: 'sample, dev, 2026-11-23', withFirstStage: true, pairs: 8, expectedCalibrationError: 0.25, logLoss: 0.5 }, // biome-ignore format: one blend
    precision: 'fp32',
    threads: 1,
    cores: 2,
    maxTokensPerDoc: 160,
    pairs: 8,
    documents: 2,
    seconds: 2,
  },
  evaluation: evaluateRankings(
    [
      { role: 'first_stage', name: 'first stage', run: run(['bad', 'good']) },
      { role: 'reranked', name: `ours ${hostile}`, run: run(['good', 'bad']).set('q3', [{ documentId: 'bad', score: 1 }]) }, // biome-ignore format: one ranking
    ],
    { judgements, cutoffs: [1, 5, 10], bootstrap: { seed: 1, resamples: 200 } },
  ),
  queries: new Map(queryIds.map((id) => [id, hostile])),
  notes: ['A note.'],
};

describe('an evaluation', () => {
  it('says in every form what orders, and how well its probabilities hold', () => {
    const render = [renderEvaluation, renderEvaluationMarkdown, (from: EvaluationReport) => parseHTML(renderEvaluationHtml(from)).document.body.textContent]; // biome-ignore format: three forms
    for (const text of render.map((one) => one(report))) {
      expect(text).toContain(
        "log-odds of relevance, the first stage's scores among them; constants fitted on sample, dev,",
      );
      expect(text).toContain('expected calibration error 0.2500, log loss 0.5000 nats, over 8 pairs');
    }
    const { scoring } = report;
    const byLikelihood = {
      ...report,
      scoring: scoring && { ...scoring, orderedBy: 'likelihood' as const, blend: null },
    };
    for (const text of render.map((one) => one(byLikelihood))) {
      expect(text).toContain('Ordered by mean log-likelihood');
      expect(text).not.toContain('calibration error');
    }
    expect(JSON.parse(renderEvaluationJson(byLikelihood))).toMatchObject({
      scoring: 'likelihood',
      calibration_error: null,
    });
  });

  it('is a table with notes and a verdict at a terminal', () => {
    const text = renderEvaluation(report);
    expect(text).toMatch(/^ +nDCG@10 +Hit@1 +MRR@10 +Recall@10 +MAP\nfirst stage +0\.6309 +0\.0000 +0\.5000/);
    expect(text).toContain('A note.');
    expect(text).toContain('better on 3, worse on 1, the same on 0 of 4 queries. The difference may be chance.');
    expect(text).toContain('4.0 pairs/s');
  });

  it('is JSON with every metric of every ranking and query', () => {
    const json = JSON.parse(renderEvaluationJson(report));
    expect(json).toMatchObject({ scoring: 'blended', calibration_error: 0.25, log_loss: 0.5, queries: 4, pairs: 8, first_stage: { hit_at_1: 0 }, reranked: { hit_at_1: 0.75, map: 0.75 } }); // biome-ignore format: one report
    expect(json.comparisons[0]).toMatchObject({ ranking: 'reranked', against: 'first_stage', queries: 4 });
    expect(json.comparisons[0].metrics.hit_at_1).toMatchObject({ mean_difference: 0.75, wins: 3, losses: 0, ties: 1, degrees_of_freedom: 3 }); // biome-ignore format: one comparison
    expect(json.per_query.reranked.q3).toMatchObject({ ndcg_at_10: 0, mrr_at_5: 0 });
  });

  it('is one HTML page with plots, without scripts, with texts as texts', () => {
    const html = renderEvaluationHtml(report);
    const { document } = parseHTML(html);
    expect(document.querySelectorAll('script, link, img, iframe')).toHaveLength(0);
    expect(html).not.toMatch(/(src|href)=/);
    const plots = [...document.querySelectorAll('svg[aria-label]')];
    expect(plots.map((plot) => plot.getAttribute('aria-label'))).toEqual([
      'nDCG@k of each ranking',
      'Recall@k of each ranking',
      'Differences with their intervals',
      'Change of nDCG@10 of each query',
    ]);
    expect(plots[0]?.querySelectorAll('[aria-label="line"] > path')).toHaveLength(2);
    expect(html).not.toContain('NaN');
    expect(document.querySelector('details td')?.textContent).toBe(`q0: ${hostile}`);
  });

  it('is Markdown with tables that no text can break', () => {
    const markdown = renderEvaluationMarkdown(report);
    expect(markdown).toContain('| nDCG@10 | 0.6309 | 0.7500 |');
    expect(markdown).toContain('\\<script\\>alert(1)\\</script\\> \\| \\`x\\`');
    for (const line of markdown.split('\n').filter((text) => text.startsWith('| q')))
      expect(line.replaceAll('\\|', '').split('|')).toHaveLength(6);
  });
});
