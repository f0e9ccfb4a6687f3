import { expect, it } from 'vitest';
import { backlogAt, loadWhenAnswered, loadWhenCalled, unknownLoad } from '#edge/gpu-workers/target-load.ts';

const answer = { characters: 100, tookMs: 60, computeMs: 50, load: { waitMs: 300, workMs: 20 } };

it('takes what a target says, works it off as time goes by, and adds what is sent', () => {
  const told = loadWhenAnswered(unknownLoad, answer, 1_000);
  expect([told.networkMs, told.msPerCharacter]).toEqual([10, 0.2]);
  expect([1_000, 1_200, 2_000].map((nowMs) => backlogAt(told, nowMs))).toEqual([300, 100, 0]);
  const sent = loadWhenCalled(told, 500, 1_200);
  expect([backlogAt(sent, 1_200), backlogAt(sent, 1_300), sent.calledAtMs]).toEqual([200, 100, 1_200]);
});

it('follows changes of pace and distance, and believes no single call', () => {
  const told = loadWhenAnswered(unknownLoad, answer, 0);
  const slower = loadWhenAnswered(told, { ...answer, tookMs: 160, load: { waitMs: 0, workMs: 120 } }, 0);
  expect(slower.networkMs).toBeCloseTo(40);
  expect(slower.msPerCharacter).toBeCloseTo(0.5);
});

it('knows only the way to a target that says nothing of its load', () => {
  const silent = loadWhenAnswered(unknownLoad, { ...answer, load: undefined }, 0);
  const called = loadWhenCalled(silent, 1_000, 0);
  expect([called.networkMs, called.msPerCharacter, backlogAt(called, 0)]).toEqual([10, undefined, 0]);
});
