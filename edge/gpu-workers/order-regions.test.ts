import { describe, expect, it } from 'vitest';
import { orderRegions, type RequestPlace } from '#edge/gpu-workers/order-regions.ts';

const all = ['wnam', 'enam', 'sam', 'weur', 'eeur', 'apac', 'oc', 'afr', 'me'];

describe('orderRegions', () => {
  it.each<[string, RequestPlace, readonly string[]]>([
    ['Lisbon', { latitude: '38.7', longitude: '-9.1', continent: 'EU' }, ['weur', 'eeur']],
    ['Seattle', { latitude: '47.6', longitude: '-122.3' }, ['wnam', 'enam']],
    ['Tokyo', { latitude: 35.7, longitude: 139.7 }, ['apac']],
    ['Auckland, over the date line', { latitude: '-36.8', longitude: '174.8' }, ['oc']],
    ['somewhere in Africa', { continent: 'AF' }, ['afr']],
    [
      'somewhere in Europe, with a place that is none',
      { latitude: 'x', longitude: '', continent: 'EU' },
      ['weur', 'eeur'],
    ],
  ])('from %s', (_name, place, nearest) => {
    expect(orderRegions(all, place).slice(0, nearest.length)).toEqual(nearest);
  });

  it.each([undefined, {}, { continent: 'T1' }, { latitude: '1' }])('keeps the configured order from %j', (place) => {
    expect(orderRegions(['oc', 'weur'], place)).toEqual(['oc', 'weur']);
  });

  it('counts workers without a region as near', () => {
    expect(orderRegions(['apac', 'unnamed', 'weur'], { continent: 'EU' })).toEqual(['unnamed', 'weur', 'apac']);
  });
});
