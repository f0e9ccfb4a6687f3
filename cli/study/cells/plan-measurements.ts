import { createHash } from 'node:crypto';
import type { CandidateSet } from '#cli/study/candidates/build-candidate-set.ts';
import { contentDigest } from '#cli/study/cells/content-digest.ts';
import type { ScoringCell } from '#cli/study/cells/measure-cells.ts';
import type { StudyRow } from '#cli/study/study.ts';
import type { TrainedAdapters } from '#cli/study/training/train-adapters.ts';
import type { TemplateName } from '#gpu-worker/q-peft/template-registry.ts';
import type { Precision } from '#gpu-worker/scoring/scoring-engine.ts';
import { parseAdapterFile } from '#shared/adapter-file/parse-adapter-file.ts';
import { writeAdapterFile } from '#shared/adapter-file/write-adapter-file.ts';

/** A row's cell: what it is measured with. */
export interface PlannedCell extends ScoringCell {
  /** The adapter to load first. */
  readonly adapter: Uint8Array | null;
}

export interface MeasurementInputs {
  readonly queries: ReadonlyMap<string, string>;
  readonly modelFingerprint: string;
  readonly precision: Precision;
  readonly withTitle: boolean;
  readonly adapters: TrainedAdapters;
}

/** The cells of a row on its candidates: one for a template, one for each seed of an adapter, none for the first stage itself. */
export function planMeasurements(row: StudyRow, set: CandidateSet, inputs: MeasurementInputs): PlannedCell[] {
  const { scorer, label, panel } = row;
  const { modelFingerprint, precision, withTitle } = inputs;
  const digestOf = (method: string): string =>
    contentDigest('cell', method, candidatesDigest(set, inputs.queries), modelFingerprint, precision, withTitle);
  const description = `${label} (${panel}) on ${set.description}`;
  if (scorer.kind === 'first-stage') return [];
  if (scorer.kind === 'template') {
    const method: { template: TemplateName } = { template: scorer.template };
    return [{ digest: digestOf(scorer.template), description, method, adapter: null }];
  }
  return inputs.adapters(scorer.training).map((trainedFile, index) => {
    const adapter = scorer.randomHints === true ? withRandomHints(trainedFile) : trainedFile;
    const adapterDigest = createHash('sha256').update(adapter).digest('hex');
    const seeded = `${description}, seed ${index + 1}`;
    return { digest: digestOf(adapterDigest), description: seeded, method: { adapterDigest }, adapter };
  });
}

/** Everything of the candidates that a score depends on; their order and the first stage's scores are not. */
function candidatesDigest(set: CandidateSet, queries: ReadonlyMap<string, string>): string {
  const pairs = [...set.run].map(([id, entries]) => [id, queries.get(id), entries.map(({ documentId }) => documentId)]);
  return contentDigest('candidates', pairs, [...set.documents], set.maxTokensPerDoc);
}

/** The same adapter with random tokens as hints wherever it scores. */
function withRandomHints(file: Uint8Array): Uint8Array {
  const adapter = parseAdapterFile(file);
  return writeAdapterFile({ ...adapter, config: { ...adapter.config, hintChoice: 'random' } }, { storage: 'fp16' });
}
