import type { CommandIo } from '#cli/command-line/command-io.ts';
import { createProgressBar, type ProgressBar } from '#cli/output/progress-bar.ts';
import { type Pace, TrainingPace } from '#cli/output/training-pace.ts';
import type { TrainingEvent } from '#gpu-worker/training/training-run.ts';

/** Shows a training run on standard error: a bar per phase, and a line per look at the dev queries; both with loss, tokens a second and time left. */
export function createTrainingProgress(io: Pick<CommandIo, 'stderr'>, nowMs: () => number = () => performance.now()) {
  let bar: { readonly phase: string; readonly shown: ProgressBar } | null = null;
  const pace = new TrainingPace(nowMs);
  /** Of the steps before a look, which is told with its metric. */
  let beforeLook: Pace | null = null;
  const stop = () => {
    bar?.shown.stop();
    bar = null;
  };
  const show = (phase: string, done: number, total: number, note?: string) => {
    if (bar?.phase !== phase) {
      stop();
      bar = { phase, shown: createProgressBar(io, phase, true, note !== undefined) };
    }
    bar.shown.update(done, total, note);
  };
  const say = (line: string) => {
    stop();
    io.stderr.write(`${line}\n`);
  };
  const onEvent = (event: TrainingEvent): void => {
    switch (event.kind) {
      case 'dev-progress':
        show('dev queries, %', Math.round(event.fraction * 100), 100);
        return;
      case 'base':
        say(`base model: dev nDCG@10 ${event.metric.toFixed(4)}`);
        return;
      case 'resumed':
        say(`going on from the checkpoint at step ${event.step}`);
        pace.begin(event.step);
        return;
      case 'stopped-early':
        say(`no gain on the dev queries for a while: stopped after step ${event.step}`);
        return;
      case 'step':
        pace.addStep(event.loss, event.tokens);
        beforeLook = pace.at(event.step, event.steps);
        show('training steps', event.step, event.steps, describePace(beforeLook));
        return;
      case 'dev':
        say(lookLine(event, beforeLook));
        if (event.step === 0) pace.begin(0);
        else pace.endLook();
        beforeLook = null;
    }
  };
  return { onEvent, stop };
}

function lookLine({ step, metric, best }: Extract<TrainingEvent, { kind: 'dev' }>, pace: Pace | null): string {
  const parts = [
    ...(pace === null ? [] : [describePace(pace)]),
    `dev nDCG@10 ${metric.toFixed(4)}`,
    ...(best ? ['the best so far'] : []),
  ];
  return `step ${step}: ${parts.join(', ')}`;
}

function describePace(pace: Pace | null): string {
  if (pace === null) return '';
  const { loss, tokensPerSecond, secondsLeft } = pace;
  const left = secondsLeft === null || secondsLeft <= 0 ? [] : [`at most ${describeDuration(secondsLeft)} left`];
  return [`loss ${loss.toFixed(4)}`, `${Math.round(tokensPerSecond)} tokens/s`, ...left].join(', ');
}

function describeDuration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
