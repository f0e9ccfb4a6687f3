import { describe, expect, it } from 'vitest';
import { fitTimes } from '#cli/capacity-plan/calibration/fit-times.ts';
import type { AloneSample } from '#cli/capacity-plan/calibration/measure-alone.ts';
import type { BusySample } from '#cli/capacity-plan/calibration/measure-busy.ts';
import { saturatedSuffixMs } from '#cli/capacity-plan/calibration/saturated-suffix-ms.ts';
import { prefixMs, suffixRunMs, templateRows } from '#cli/capacity-plan/simulation/batch-work.ts';
import { idleHardware } from '#test/support/idle-hardware.ts';

const times = {
  ...{ call: 3, batch: 0, document: 1.5, token: 0.01 },
  ...{ prefixRun: 4, prefixRow: 0.5, prefixRowSquared: 0.0004 },
  ...{ suffixRun: 5, suffixRow: 0.6, suffixRowPast: 0.0003 },
};
const tokenizingKeptMs = 0.2;
const slowdown = 1.3;
const threads = 2;
const documentsPerCall = 16;

function sampleAlone(documentTokens: number, queryTokens: number, isKept: boolean): AloneSample {
  const rows = queryTokens + templateRows.suffix;
  const past = documentTokens + templateRows.prefix;
  const parts = {
    tokenizeMs: tokenizingKeptMs + (isKept ? 0 : times.token * documentTokens),
    prefixMs: isKept ? 0 : prefixMs(past, times),
    suffixMs: suffixRunMs({ sequences: 1, rows, pastRows: rows * past }, times),
  };
  const latencyMs = times.call + times.document + parts.prefixMs + parts.suffixMs;
  return { documentTokens, queryTokens, isKept, ...parts, latencyMs, deviation: 0.02 };
}

const alone = [20, 60, 130, 240, 400].flatMap((documentTokens) => [
  sampleAlone(documentTokens, 10, false),
  ...[4, 12, 24].map((queryTokens) => sampleAlone(documentTokens, queryTokens, true)),
]);

/** Half of the documents are new. `suffixFactor` — what runs of four cost beside what single ones let expect. */
function sampleBusy(factor: number, suffixFactor = 1): BusySample {
  const documents = Array.from({ length: 400 }, (_, index) => ({
    tokens: 40 + index,
    queryTokens: 12,
    isNew: index % 2 === 0,
  }));
  const prefixes = documents.filter(({ isNew }) => isNew);
  const prefix = factor * prefixes.reduce((sum, { tokens }) => sum + prefixMs(tokens + templateRows.prefix, times), 0);
  const suffixOnly = { ...idleHardware.milliseconds, suffixRun: times.suffixRun, suffixRow: times.suffixRow };
  const suffix =
    suffixFactor *
    saturatedSuffixMs({
      ...{ documents, documentsPerCall, threads, busySlowdown: factor },
      times: { ...suffixOnly, suffixRowPast: times.suffixRowPast },
    });
  const tokenize = documents.length * tokenizingKeptMs;
  const beside = factor * documents.length * (times.document - tokenizingKeptMs);
  return {
    milliseconds: (prefix + suffix + tokenize + beside) / threads,
    documentsPerCall,
    ...{ documents, tokenizeMs: tokenize, prefixMs: prefix, suffixMs: suffix, prefixes: prefixes.length },
    answeredAtMs: [],
  };
}

describe('times of a profile', () => {
  it('are those that the samples were made with', () => {
    const fitted = fitTimes(alone, sampleBusy(slowdown), threads);
    expect(fitted.busySlowdown).toBeCloseTo(slowdown, 6);
    for (const [name, value] of Object.entries(times).filter(([, time]) => time > 0))
      expect({ [name]: fitted.milliseconds[name as keyof typeof times] / value }).toEqual({
        [name]: expect.closeTo(1, 5),
      });
    expect(fitted.spread).toBeCloseTo(0.02 * 1.4826, 9);
  });

  it('have suffixes as dear as full runs of them were, whatever single ones let expect', () => {
    const busy = sampleBusy(slowdown, 0.8);
    const { milliseconds } = fitTimes(alone, busy, threads);
    const saturated = saturatedSuffixMs({
      ...{ documents: busy.documents, documentsPerCall, threads, busySlowdown: slowdown },
      times: {
        ...idleHardware.milliseconds,
        suffixRun: milliseconds.suffixRun,
        suffixRow: milliseconds.suffixRow,
        suffixRowPast: milliseconds.suffixRowPast,
      },
    });
    // Here runs of all documents take the same time, and threads are done at the same moment: who is first must not hang on rounding.
    expect(milliseconds.suffixRowPast).toBe(0);
    expect(saturated / busy.suffixMs).toBeCloseTo(1, 9);
    const single = suffixRunMs({ sequences: 1, rows: 13, pastRows: 13 * 150 }, milliseconds);
    const expected = suffixRunMs({ sequences: 1, rows: 13, pastRows: 13 * 150 }, times);
    expect(single / expected).toBeGreaterThan(0.85);
    expect(milliseconds.prefixRow).toBeCloseTo(times.prefixRow, 4);
  });

  it('count a prefix that another thread had', () => {
    const busy = sampleBusy(slowdown);
    const twice = { ...busy, prefixes: 2 * busy.prefixes, prefixMs: 2 * busy.prefixMs };
    expect(fitTimes(alone, twice, threads).busySlowdown).toBeCloseTo(slowdown, 6);
  });

  it('are never faster under full load than alone', () => {
    expect(fitTimes(alone, sampleBusy(0.9), threads).busySlowdown).toBe(1);
  });
});
