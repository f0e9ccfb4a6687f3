import { describe, expect, it } from 'vitest';
import { findSigns, type RunToJudge } from '#gpu-worker/training/report/find-signs.ts';

const losses = (of: (step: number) => number) =>
  Array.from({ length: 60 }, (_, index) => ({ step: index + 1, loss: of(index + 1), positiveNll: 2, tokens: 50 }));
const looks = (...metrics: number[]) => metrics.map((metric, index) => ({ step: index * 20, metric }));
const falling = losses((step) => 2 - step / 100);
const sound: RunToJudge = { better: true, keptStep: 60, losses: falling, dev: looks(0.5, 0.55, 0.6, 0.62) };
const signsOf = (changes: Partial<RunToJudge>) => findSigns({ ...sound, ...changes }).map(({ sign }) => sign);

describe('a run that learned', () => {
  it('shows nothing, even where a look lies a little behind', () => {
    expect(findSigns(sound)).toEqual([]);
    expect(signsOf({ dev: looks(0.5, 0.6, 0.595, 0.592) })).toEqual([]);
    expect(signsOf({ dev: looks(0.5, 0.6, 0.65, 0.55) })).toEqual([]);
  });

  it('and one without a step shows no cost', () => {
    expect(signsOf({ losses: [], dev: [], keptStep: 0 })).toEqual([]);
  });
});

it('no gain is what the verdict says', () => {
  expect(signsOf({ better: false })).toEqual(['no_gain']);
});

describe('overfitting', () => {
  const dev = looks(0.5, 0.6, 0.57, 0.52);

  it('is a dev metric that falls while the loss falls, with both figures', () => {
    const [found] = findSigns({ ...sound, keptStep: 40, dev });
    expect(found?.sign).toBe('overfitting');
    expect(found?.sentence).toContain(
      'from step 20 to step 60 the loss fell from 1.845 to 1.445, and nDCG@10 of the dev queries from 0.6000 to 0.5200',
    );
  });

  it('is not what a run shows whose loss rises, too: that one diverges', () => {
    expect(signsOf({ keptStep: 40, dev, losses: losses((step) => 1 + step / 100) })).toEqual([]);
  });

  it('shows from the untrained adapter on, where the first steps stand for the start', () => {
    expect(signsOf({ keptStep: 40, dev: looks(0.6, 0.55, 0.54, 0.5) })).toEqual(['overfitting']);
  });
});

it('cost without gain counts the steps after the kept one, and their tokens', () => {
  expect(signsOf({ keptStep: 30 })).toEqual([]);
  const [found] = findSigns({ ...sound, keptStep: 20 });
  expect(found?.sign).toBe('cost_without_gain');
  expect(found?.sentence).toContain('40 of 60 steps (2000 tokens) came after');
});
