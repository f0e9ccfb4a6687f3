import { describe, expect, it } from 'vitest';
import { readUsageRange } from '#edge/usage/read-usage-range.ts';
import { addDays, countDays, nextDayMs, usageDay } from '#edge/usage/usage-day.ts';

describe('days', () => {
  it('begin and end at midnight UTC', () => {
    const lastMoment = Date.UTC(2026, 11, 31, 23, 59, 59, 999);
    expect([usageDay(lastMoment), usageDay(lastMoment + 1)]).toEqual(['2026-12-31', '2027-01-01']);
    expect([nextDayMs(lastMoment), nextDayMs(lastMoment + 1)]).toEqual([Date.UTC(2027, 0, 1), Date.UTC(2027, 0, 2)]);
  });

  it('are counted across the ends of months and leap years', () => {
    expect(addDays('2028-03-01', -1)).toBe('2028-02-29');
    expect(countDays('2028-02-28', '2028-03-01')).toBe(3);
  });
});

describe('readUsageRange', () => {
  const now = Date.UTC(2026, 10, 23, 12);

  it.each([
    [{}, '2026-10-25', '2026-11-23'],
    [{ to: '2026-03-30' }, '2026-03-01', '2026-03-30'],
    [{ from: '2026-11-23' }, '2026-11-23', '2026-11-23'],
    [{ from: '2024-01-01', to: '2024-12-31' }, '2024-01-01', '2024-12-31'],
  ])('%j is from %s to %s', (days, from, to) => {
    expect(readUsageRange(days, now)).toEqual({ from, to });
  });

  it.each([
    [{ from: '2026-11-24' }, 'from is 2026-11-24; it must not be after to, which is 2026-11-23'],
    [{ from: '2023-01-01', to: '2024-01-02' }, 'from 2023-01-01 to 2024-01-02 are 367 days, the limit is 366'],
  ])('refuses %j', (days, message) => {
    expect(() => readUsageRange(days, now)).toThrow(message);
  });
});
