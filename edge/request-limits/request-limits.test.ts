import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogEntry } from '#edge/log.ts';
import { chooseLimit } from '#edge/request-limits/choose-limit.ts';
import { collectLimiters } from '#edge/request-limits/collect-limiters.ts';
import { parseDefaultLimit } from '#edge/request-limits/parse-default-limit.ts';
import { createRequestLimits } from '#edge/request-limits/request-limits.ts';

describe('chooseLimit', () => {
  const offered = [60, 600, 6000];
  it.each([
    [600, 0, 600],
    [null, 60, 60],
    [null, 0, undefined],
    [599, 0, 60],
    [7000, 0, 6000],
    [3, 0, 60],
  ])('of a key with %j and the default %i is %j', (wanted, byDefault, limit) => {
    expect(chooseLimit(offered, wanted, byDefault)).toBe(limit);
  });

  it('is never a higher one than the key was given, where a lower one is offered', () => {
    const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 1000 }), { minLength: 1 });
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 1000 }), (limits, wanted) => {
        const ascending = limits.sort((left, right) => left - right);
        const limit = chooseLimit(ascending, wanted, 0) ?? Number.NaN;
        expect(limit).toBe(limit > wanted ? ascending[0] : Math.max(...ascending.filter((one) => one <= wanted)));
      }),
    );
  });

  it('is none where nothing is offered', () => {
    expect(chooseLimit([], 60, 600)).toBeUndefined();
  });
});

describe('collectLimiters', () => {
  it('finds the bindings of wrangler.toml, by the number in their name', () => {
    expect([...collectLimiters(env).keys()].sort((left, right) => left - right)).toEqual([3, 60, 600, 6000]);
  });

  it('takes no other binding for one', () => {
    expect(collectLimiters({ DB: {}, RATE_LIMIT_0: {}, RATE_LIMIT_X: {}, MY_RATE_LIMIT_60: {} }).size).toBe(0);
  });
});

describe('parseDefaultLimit', () => {
  it.each([
    [undefined, [60, 600], 600],
    ['', [60], 0],
    ['60', [60, 600], 60],
    ['0', [60], 0],
  ])('of %j where there are %j is %i', (text, offered, limit) => {
    const problems: string[] = [];
    expect({ limit: parseDefaultLimit(text, offered, problems), problems }).toEqual({ limit, problems: [] });
  });

  it.each(['61', '-1', 'many', '1e3'])('names the value %j and what there is', (text) => {
    const problems: string[] = [];
    parseDefaultLimit(text, [60, 600], problems);
    expect(problems).toEqual([
      `DEFAULT_REQUESTS_PER_MINUTE is "${text}"; it must be one of 0, 60, 600: for another number add a binding RATE_LIMIT_number`,
    ]);
  });
});

describe('createRequestLimits', () => {
  it('counts each key for itself', async () => {
    const limits = createRequestLimits({ limiters: collectLimiters(env), defaultLimit: 3, log: () => undefined });
    const verdicts: string[] = [];
    // Seven requests lie in two windows at most, so one window has four.
    for (let sent = 0; sent < 7; sent += 1) verdicts.push((await limits.take('busy', null)).kind);
    expect(verdicts).toContain('limited');
    expect(await limits.take('quiet', null)).toEqual({ kind: 'allowed', limit: 3 });
    expect(await limits.take('busy', 60)).toEqual({ kind: 'allowed', limit: 60 });
  });

  it('lets requests through when the limiter fails, and logs it', async () => {
    const logs: LogEntry[] = [];
    const limiter = { limit: () => Promise.reject(new Error('away')) };
    const log = (entry: LogEntry) => void logs.push(entry);
    const limits = createRequestLimits({ limiters: new Map([[60, limiter]]), defaultLimit: 60, log });
    expect(await limits.take('key_1', null)).toEqual({ kind: 'allowed', limit: 60 });
    expect(logs).toEqual([{ level: 'error', event: 'rate_limiter_failed', keyId: 'key_1', message: 'away' }]);
  });
});

it('every rate-limit binding of wrangler.toml has the limit that its name says', () => {
  const [text = ''] = Object.values(
    import.meta.glob<string>('../../wrangler.toml', { query: '?raw', import: 'default', eager: true }),
  );
  const bindings = [...text.matchAll(/name = "RATE_LIMIT_(\d+)"\nnamespace_id = "(\d+)"\nsimple = \{ (.*) \}/g)];
  expect(bindings.map(([, limit, , simple]) => simple === `limit = ${limit}, period = 60`)).toEqual([true, true, true]);
  expect(new Set(bindings.map(([, , id]) => id)).size).toBe(3);
});
