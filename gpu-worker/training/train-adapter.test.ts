import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readCheckpoint } from '#gpu-worker/training/checkpoint/checkpoint-file.ts';
import type { TrainingData, TrainingExample } from '#gpu-worker/training/data/training-data.ts';
import { lookAtDev } from '#gpu-worker/training/dev/look-at-dev.ts';
import { openTraining } from '#gpu-worker/training/open-training.ts';
import type { TrainedAdapter } from '#gpu-worker/training/optimiser/trained-adapter.ts';
import { trainingSettingsSchema } from '#gpu-worker/training/settings/training-settings.ts';
import type { SequenceResult, SequenceTask } from '#gpu-worker/training/threads/sequence-task.ts';
import { trainAdapter } from '#gpu-worker/training/train-adapter.ts';
import type { TrainingEvent, TrainingRun } from '#gpu-worker/training/training-run.ts';
import { parseAdapterFile } from '#shared/adapter-file/parse-adapter-file.ts';
import { writeTinyTextModel } from '#test/support/tiny-text-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'hintrank-train-adapter-'));
let modelPath: string;
let closeLast: (() => Promise<void>) | null = null;
beforeAll(() => {
  modelPath = writeTinyTextModel(join(folder, 'model'));
});
afterEach(async () => {
  await closeLast?.();
  closeLast = null;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const animals = ['ant', 'bear', 'cat', 'deer', 'eagle', 'fox'];
const exampleOf = (animal: string, index: number): TrainingExample => ({
  queryId: `q-${animal}`,
  query: `what does the ${animal} eat?`,
  positives: [`d${index}`],
  hardNegatives: [`d${(index + 1) % animals.length}`],
  candidates: [index, (index + 1) % animals.length].map((other, place) => ({ documentId: `d${other}`, score: -place })),
});
const data: TrainingData = {
  train: animals.slice(0, 4).map(exampleOf),
  dev: animals.slice(4).map((animal, index) => exampleOf(animal, index + 4)),
  corpus: new Map(animals.map((animal, index) => [`d${index}`, { title: '', text: `The ${animal} eats honey.` }])),
  corpusSize: animals.length,
};
const settings = trainingSettingsSchema.parse({
  steps: 5,
  evaluateEvery: 2,
  warmUpSteps: 1,
  queriesPerStep: 2,
  negativesPerQuery: 1,
  k: 2,
  patience: 50,
});

async function open(name: string, events: TrainingEvent[] = []): Promise<TrainingRun> {
  await closeLast?.();
  const { run, close } = await openTraining({
    settings,
    data,
    withTitle: false,
    dataName: 'animals',
    calibration: null,
    withFirstStage: false,
    modelPath,
    cacheFolder: join(folder, 'cache'),
    threads: 1,
    checkpointPath: join(folder, `${name}.checkpoint`),
    prefixBytesMax: 1e8,
    onEvent: (event) => events.push(event),
  });
  closeLast = close;
  return run;
}

/** The real pool, but its `batch`th batch of the kind that `isHit` tells (from 1) comes back as NaN: the fault of a diverged module. */
function withFault(run: TrainingRun, isHit: (task: SequenceTask) => boolean, batch: number): TrainingRun {
  let seen = 0;
  const runTasks = async (tasks: readonly SequenceTask[]): Promise<SequenceResult[]> => {
    const results = await run.pool.run(tasks);
    if (tasks.some(isHit)) seen += 1;
    return seen < batch ? results : results.map((one) => ({ ...one, meanNegativeLogLikelihood: Number.NaN }));
  };
  return { ...run, pool: { run: runTasks } };
}
/** The real pool, but the looks at the two dev queries, whose pairs come relevant first, rank the relevant document at these places (1 or 2). */
function withLooks(run: TrainingRun, places: readonly (readonly number[])[]): TrainingRun {
  let seen = 0;
  const runTasks = async (tasks: readonly SequenceTask[]): Promise<SequenceResult[]> => {
    const results = await run.pool.run(tasks);
    return results.map((result, index) => {
      if (tasks[index]?.gradientRows !== null) return result;
      const place = places[Math.floor(seen / 4)]?.[Math.floor((seen % 4) / 2)];
      const relevant = seen % 2 === 0;
      seen += 1;
      return { ...result, meanNegativeLogLikelihood: relevant === (place === 1) ? 1 : 2 };
    });
  };
  return { ...run, pool: { run: runTasks } };
}
const isTraining = (task: SequenceTask) => task.gradientRows !== null;
const isDev = (task: SequenceTask) => task.gradientRows === null;

describe('a loss that is not finite', () => {
  it('stops the run with the step, its queries and the checkpoint, from which a sound run ends as if nothing had been', async () => {
    const undisturbed = await trainAdapter(await open('undisturbed'));
    const run = await open('nan');
    const fault = await trainAdapter(withFault(run, isTraining, 4)).catch((error: unknown) => error);
    const message = fault instanceof Error ? fault.message : '';
    expect(message).toMatch(
      /^Training stopped in step 4 \(queries "q-\w+", "q-\w+"\): the mean NLL of sequence \d is NaN/,
    );
    expect(message).toContain(`; the checkpoint of step 2 is kept in ${run.checkpointPath}.`);
    expect(readCheckpoint(run.checkpointPath, run.identity)?.adapter.step).toBe(2);

    const events: TrainingEvent[] = [];
    const resumed = await trainAdapter(await open('nan', events));
    expect(events).toContainEqual(expect.objectContaining({ kind: 'resumed', step: 2 }));
    expect(resumed).toEqual(undisturbed);
    expect(undisturbed.losses.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
    expect(undisturbed.dev.map(({ step }) => step)).toEqual([0, 2, 4, 5]);
  });

  it('before the first checkpoint leaves none, and says so', async () => {
    const run = await open('early');
    await expect(trainAdapter(withFault(run, isTraining, 1))).rejects.toThrow(
      /in step 1 .*; there is no checkpoint yet\.$/,
    );
    expect(existsSync(run.checkpointPath)).toBe(false);
  });

  it.each([
    [1, 'with the base model', 'there is no checkpoint yet'],
    [2, 'after step 0', 'there is no checkpoint yet'],
    [4, 'after step 4', 'the checkpoint of step 2 is kept in '],
    [6, 'without a document', 'the checkpoint of step 5 is kept in '],
  ])(
    'on the dev queries, at look %i, stops the run with the query, the document and what is kept',
    async (look, when, kept) => {
      const run = await open(`dev-${look}`);
      const fault = await trainAdapter(withFault(run, isDev, look)).catch((error: unknown) => String(error));
      expect(fault).toMatch(
        new RegExp(
          `^TrainingFault: Training stopped at the look at the dev queries ${when}: the score of dev query "q-\\w+" with(out a)? document( "d\\d")? is NaN; ${kept}`,
        ),
      );
      expect(existsSync(run.checkpointPath)).toBe(look >= 4);
    },
  );
});

it('looks at no dev pair twice: not at the end, and after a kill not at the base model', async () => {
  const looks = async (name: string, from: TrainingRun) => {
    let pairs = 0;
    const runTasks = async (tasks: readonly SequenceTask[]) => {
      pairs += tasks.filter(isDev).length;
      return from.pool.run(tasks);
    };
    await trainAdapter({ ...from, pool: { run: runTasks } });
    return { name, pairs };
  };
  // Two queries with two candidates each; the base model, the untrained adapter, steps 2, 4 and 5; at the end the queries alone.
  expect(await looks('whole', await open('whole'))).toEqual({ name: 'whole', pairs: 4 * 5 + 2 });
  const killed = await open('halfway');
  await expect(trainAdapter(withFault(killed, isTraining, 4))).rejects.toThrow('in step 4');
  expect(await looks('rest', await open('halfway'))).toEqual({ name: 'rest', pairs: 4 * 2 + 2 });
});

describe('a run that is stopped', () => {
  /** The run, stopped at the first event that `isMoment` knows. */
  function stoppedAt(run: TrainingRun, isMoment: (event: TrainingEvent) => boolean): TrainingRun {
    const controller = new AbortController();
    const onEvent = (event: TrainingEvent) => {
      if (isMoment(event)) controller.abort(new Error('Ctrl-C'));
    };
    return { ...run, onEvent, signal: controller.signal };
  }

  it('ends with the reason of the stop and keeps every step, between two looks and at a look that is broken off', async () => {
    const undisturbed = await trainAdapter(await open('never stopped'));
    for (const step of [3, 4]) {
      const run = await open(`stopped ${step}`);
      const isStep = (event: TrainingEvent) => event.kind === 'step' && event.step === step;
      await expect(trainAdapter(stoppedAt(run, isStep))).rejects.toThrow(/^Ctrl-C$/);
      expect(readCheckpoint(run.checkpointPath, run.identity)?.adapter.step).toBe(step);
      const events: TrainingEvent[] = [];
      expect(await trainAdapter(await open(`stopped ${step}`, events))).toEqual(undisturbed);
      const tokens = undisturbed.losses.slice(0, step).reduce((sum, point) => sum + point.tokens, 0);
      expect(events[0]).toEqual({ kind: 'resumed', step, tokens });
      const saved = [4, 5].map((later) => ({ kind: 'checkpoint', step: later }));
      expect(events.filter(({ kind }) => kind === 'checkpoint')).toEqual(saved);
    }
  });

  it('before the first look is over leaves nothing', async () => {
    const run = await open('stopped at once');
    const isLook = ({ kind }: TrainingEvent) => kind === 'dev-progress';
    await expect(trainAdapter(stoppedAt(run, isLook))).rejects.toThrow(/^Ctrl-C$/);
    expect(existsSync(run.checkpointPath)).toBe(false);
  });
});

describe('what is kept', () => {
  const train = async (name: string, keep: TrainingRun['settings']['keep']) => {
    const run = await open(name);
    return trainAdapter({ ...run, settings: { ...run.settings, patience: 1, keep } });
  };

  it('was looked at as it is stored, with its numbers rounded', async () => {
    const run = await open('stored');
    const looks: number[][] = [];
    const runTasks = async (tasks: readonly SequenceTask[]): Promise<SequenceResult[]> => {
      const results = await run.pool.run(tasks);
      if (tasks.every(isDev)) looks.push(results.map((result) => -result.meanNegativeLogLikelihood));
      return results;
    };
    const { file } = await trainAdapter({
      ...run,
      settings: { ...run.settings, keep: 'last' },
      pool: { run: runTasks },
    });
    const lookWith = async (adapter: TrainedAdapter) => [
      ...(await lookAtDev(
        run.dev,
        run.pool,
        (texts) => run.sequences.adapted(texts, adapter, run.module, null, false),
        () => {},
      )),
    ];
    const stored = await lookWith(run.adapter.beside(parseAdapterFile(file)));
    expect(looks).toContainEqual(stored);
    expect(looks).not.toContainEqual(await lookWith(run.adapter));
  });

  it('is the adapter of the last step when that is asked for, and then the run never ends early', async () => {
    const best = await train('best', 'best');
    const last = await train('last', 'last');
    expect([last.keptStep, last.losses.length]).toEqual([5, 5]);
    expect(last.file).not.toEqual(best.file);
    expect(best.keptStep).toBeLessThan(5);
  });

  it('is the last adapter that the dev queries cannot tell from the best', async () => {
    // Places of the relevant document of each dev query: base, untrained, steps 2 (the highest), 4 (as high), 5 (behind on both).
    const looks = [
      [2, 2],
      [2, 2],
      [1, 1],
      [1, 1],
      [2, 2],
    ];
    expect((await trainAdapter(withLooks(await open('scripted'), looks))).keptStep).toBe(4);
    const highest = await open('scripted highest');
    const settingsOfBest = { ...highest.settings, keep: 'best' as const };
    expect((await trainAdapter(withLooks({ ...highest, settings: settingsOfBest }, looks))).keptStep).toBe(2);
  });

  it('is the untrained adapter where no step improves on it', async () => {
    const best = await train('untrained best', 'best');
    const withinError = await train('untrained', 'one-standard-error');
    expect([best.keptStep, withinError.keptStep]).toEqual([0, 0]);
  });
});
