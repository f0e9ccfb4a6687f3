import type { ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';

/** An engine that scores as it is told; what a test does not say rejects, so that nothing is answered by accident. */
export function scriptedEngine(
  answers: Pick<ScoringEngine, 'score'> & Partial<Pick<ScoringEngine, 'queryLogLikelihood'>>,
  threads = 1,
): ScoringEngine {
  const unused = () => Promise.reject(new Error('not part of this test'));
  return {
    info: {
      modelPath: '',
      modelFingerprint: '',
      tokenizerFingerprint: null,
      precision: 'fp32',
      precisionReason: 'it was asked for',
      device: 'cpu',
      threads,
      contextLength: 1,
    },
    queryLogLikelihood: unused,
    queryTokenLogLikelihoods: unused,
    scoreTokens: unused,
    loadAdapter: unused,
    unloadAdapter: unused,
    queueLength: () => 0,
    queueWaitMs: () => 0,
    memory: () => ({
      prefixBytes: 0,
      prefixBytesMax: 0,
      prefixes: 0,
      prefixEvictions: 0,
      sessions: 0,
      weightsShared: true,
      weightsBytes: 0,
    }),
    close: async () => undefined,
    ...answers,
  };
}
