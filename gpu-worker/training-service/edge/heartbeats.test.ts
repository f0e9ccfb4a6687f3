import { describe, expect, it } from 'vitest';
import { LeaseLostError } from '#gpu-worker/training-service/edge/edge-calls.ts';
import { type HeartbeatOptions, startHeartbeats, type Verdict } from '#gpu-worker/training-service/edge/heartbeats.ts';
import type { Heartbeat, HeartbeatAnswer } from '#shared/protocol/training-work.ts';

type Answer = () => Promise<HeartbeatAnswer>;
const goOn: Answer = async () => ({ continue: true });
const broken: Answer = () => Promise.reject(new TypeError('fetch failed'));

/** Beats against an edge that gives these answers, and then goes on; without an own clock, as soon as it can. */
function beatsWith(answers: Answer[], options: Partial<HeartbeatOptions> = {}) {
  const sent: Heartbeat[] = [];
  const verdicts: Verdict[] = [];
  let taken = 0;
  const beats = startHeartbeats({
    calls: {
      heartbeat: async (_jobId, beat) => {
        sent.push(beat);
        return (answers.shift() ?? goOn)();
      },
    },
    jobId: 'tj_1',
    lease: 3,
    everyMs: 3_600_000,
    patienceMs: 1_000,
    take: () => {
      taken += 1;
      return { progress: null, news: [{ kind: 'resumed', step: taken }], checkpoint: null };
    },
    onVerdict: (verdict) => verdicts.push(verdict),
    onFailedCall: () => undefined,
    nowMs: () => 0,
    ...options,
  });
  return { beats, sent, verdicts };
}
const said = (beat: number) => ({ lease: 3, beat, progress: null, news: [{ kind: 'resumed', step: beat }], checkpoint: null }); // biome-ignore format: one line

describe('heartbeats', () => {
  it('come at once and whenever there is something to say, one call at a time', async () => {
    let running = 0;
    const slow: Answer = async () => {
      running += 1;
      expect(running).toBe(1);
      await Promise.resolve();
      running -= 1;
      return { continue: true };
    };
    const { beats, sent } = beatsWith([slow, slow, slow]);
    await beats.now();
    await beats.now();
    await beats.stop();
    expect(sent).toEqual(sent.map((_, index) => said(index + 1)));
    expect(sent.length).toBeGreaterThanOrEqual(2);
  });

  it('say again what got no answer, under the same number, before anything new', async () => {
    const failures: unknown[] = [];
    const { beats, sent } = beatsWith([broken, broken], { everyMs: 4, onFailedCall: (error) => failures.push(error) });
    await beats.now();
    await beats.stop();
    expect(sent.slice(0, 3)).toEqual([said(1), said(1), said(1)]);
    expect(sent.at(-1)).toEqual(said(sent.length - 2));
    expect(failures).toHaveLength(2);
  });

  it.each([
    ['cancelled', async () => ({ continue: false })],
    ['lost', () => Promise.reject(new LeaseLostError('tj_1'))],
  ] as const)('end when the job is %s, and leave nobody waiting', async (verdict, answer) => {
    const { beats, sent, verdicts } = beatsWith([answer]);
    await beats.now();
    await beats.now();
    await beats.stop();
    expect(verdicts).toEqual([verdict]);
    expect(sent).toHaveLength(1);
  });

  it('give the job up when the edge has not answered for too long, and not before', async () => {
    let nowMs = 0;
    const { beats, verdicts, sent } = beatsWith(
      Array.from({ length: 10 }, () => broken),
      {
        everyMs: 4,
        nowMs: () => (nowMs += 300),
      },
    );
    await beats.now();
    expect(verdicts).toEqual(['unreachable']);
    expect(sent).toHaveLength(4);
    await beats.stop();
  });
});
