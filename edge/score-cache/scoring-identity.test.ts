import { describe, expect, it } from 'vitest';
import { createScoringIdentity, identityTtlMs } from '#edge/score-cache/scoring-identity.ts';

function create() {
  const state = { nowMs: 0, told: 'one' as string | undefined, asked: 0 };
  const identity = createScoringIdentity(() => state.nowMs);
  const find = () =>
    identity.find(async () => {
      state.asked += 1;
      return state.told;
    });
  return { state, identity, find };
}

describe('createScoringIdentity', () => {
  it('asks once, and again only after its time', async () => {
    const { state, find } = create();
    expect([await find(), await find(), state.asked]).toEqual(['one', 'one', 1]);
    state.told = 'two';
    state.nowMs = identityTtlMs - 1;
    expect(await find()).toBe('one');
    state.nowMs = identityTtlMs;
    expect([await find(), state.asked]).toEqual(['two', 2]);
  });

  it('learns from answers, so that a busy isolate never asks', async () => {
    const { state, identity, find } = create();
    identity.learn('one');
    state.nowMs = identityTtlMs - 1;
    identity.learn('two');
    state.nowMs = 2 * identityTtlMs - 2;
    expect([await find(), state.asked]).toEqual(['two', 0]);
  });

  it('keeps to what it knew where no worker answers, and knows nothing where none ever did', async () => {
    const { state, find } = create();
    state.told = undefined;
    expect(await find()).toBeUndefined();
    state.told = 'one';
    await find();
    state.told = undefined;
    state.nowMs = 10 * identityTtlMs;
    expect(await find()).toBe('one');
  });
});
