import type { CommandIo } from '#cli/command-line/command-io.ts';
import { createProgressBar, type ProgressBar } from '#cli/output/progress-bar.ts';
import type { TrainingEvent } from '#gpu-worker/training/training-run.ts';

/** Shows a training run on standard error: a bar per phase, a line per look at the dev queries with loss, metric and tokens a second. */
export function createTrainingProgress(io: CommandIo) {
  let bar: { readonly phase: string; readonly shown: ProgressBar } | null = null;
  const recent = { loss: 0, steps: 0, tokens: 0, sinceMs: performance.now() };
  const stop = () => {
    bar?.shown.stop();
    bar = null;
  };
  const show = (phase: string, done: number, total: number) => {
    if (bar?.phase !== phase) {
      stop();
      bar = { phase, shown: createProgressBar(io, phase, true) };
    }
    bar.shown.update(done, total);
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
        return;
      case 'stopped-early':
        say(`no gain on the dev queries for a while: stopped after step ${event.step}`);
        return;
      case 'step':
        recent.loss += event.loss;
        recent.steps += 1;
        recent.tokens += event.tokens;
        show('training steps', event.step, event.steps);
        return;
      case 'dev':
        say(
          `step ${event.step}: ${describeRecent(recent)}dev nDCG@10 ${event.metric.toFixed(4)}${event.best ? ', the best so far' : ''}`,
        );
        Object.assign(recent, { loss: 0, steps: 0, tokens: 0, sinceMs: performance.now() });
    }
  };
  return { onEvent, stop };
}

function describeRecent(recent: { loss: number; steps: number; tokens: number; sinceMs: number }): string {
  if (recent.steps === 0) return '';
  const seconds = (performance.now() - recent.sinceMs) / 1_000;
  return `loss ${(recent.loss / recent.steps).toFixed(4)}, ${Math.round(recent.tokens / seconds)} tokens/s, `;
}
