import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { defineCommand } from 'citty';
import { type CommandIo, commandIo } from '#cli/command-line/command-io.ts';
import { type EngineSettings, engineFlags, parseEngineFlags, precisionFlag } from '#cli/engine/engine-flags.ts';
import { groupScoreLines, type ScoreGroup } from '#cli/engine/group-score-lines.ts';
import { mapInOrder } from '#cli/engine/map-in-order.ts';
import { loadAdapterFile, readAdapterFile, withEngine } from '#cli/engine/open-engine.ts';
import { taskOptions } from '#cli/engine/task-options.ts';
import { readScoreLines } from '#cli/inputs/read-score-lines.ts';
import { writeAtomically } from '#gpu-worker/files/write-atomically.ts';
import type { PairScore, ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

export const scoreCommand = defineCommand({
  meta: {
    name: 'score',
    description:
      'Log-likelihoods (nats) of each query given its document, one JSON line out for each line in, in order',
  },
  args: {
    input: {
      type: 'string',
      required: true,
      valueHint: 'FILE.jsonl',
      description:
        'Lines {"query","document"} or {"prompt_ids","target_ids"}; - is standard input. Consecutive lines of one document are fastest.',
    },
    output: {
      type: 'string',
      valueHint: 'FILE.jsonl',
      description: 'Appears when all is scored, whole or not at all. Without it: standard output.',
    },
    adapter: { type: 'string', valueHint: 'FILE', description: 'A Q-PEFT adapter (safetensors).' },
    ...engineFlags,
    precision: precisionFlag('fp32', 'fp32 is the reference, int8 about three times as fast'),
  },
  async run(context) {
    const { args } = context;
    const io = commandIo(context);
    const settings = parseEngineFlags(args);
    const adapter = args.adapter === undefined ? undefined : await readAdapterFile(args.adapter);
    if (args.input !== '-') await access(args.input, constants.R_OK);
    const scoreInto = (write: (text: string) => Promise<void>): Promise<void> =>
      withEngine(settings, io, async (engine) => {
        const adapterDigest = adapter && (await loadAdapterFile(engine, adapter));
        for await (const text of scoreLines(engine, args.input, settings, adapterDigest, io)) await write(text);
      });
    await (args.output === undefined ? scoreInto(io.print) : writeAtomically(args.output, scoreInto));
  },
});

/** The output lines of one task at a time. */
async function* scoreLines(
  engine: ScoringEngine,
  input: string,
  settings: EngineSettings,
  adapterDigest: string | undefined,
  io: CommandIo,
): AsyncGenerator<string> {
  const groups = groupScoreLines(readScoreLines(input, io));
  const scoreGroup = async (group: ScoreGroup): Promise<PairScore[]> => {
    io.signal.throwIfAborted();
    try {
      if (group.kind === 'tokens') return [await engine.scoreTokens(group.line, { signal: io.signal })];
      const [first] = group.lines;
      const queries = group.lines.map((line) => line.query);
      return await engine.score(
        { document: first?.document ?? '', queries, ...taskOptions(settings, adapterDigest) },
        { signal: io.signal },
      );
    } catch (error) {
      throw error instanceof ServiceError
        ? new ServiceError(error.code, `${placeOf(group)}: ${error.message}`, { cause: error })
        : error;
    }
  };
  for await (const scores of mapInOrder(groups, engine.info.threads * 2, scoreGroup)) {
    yield scores.map((score) => `${JSON.stringify(shapeScore(score))}\n`).join('');
  }
}

function placeOf(group: ScoreGroup): string {
  if (group.kind === 'tokens') return group.line.place;
  const [first] = group.lines;
  return group.lines.length === 1 ? `${first?.place}` : `${first?.place} and the ${group.lines.length - 1} after it`;
}

function shapeScore(score: PairScore) {
  return {
    mean_log_likelihood: score.meanLogLikelihood,
    target_ids: [...score.targetIds],
    target_log_likelihoods: [...score.targetLogLikelihoods],
  };
}
