import { expect, it } from 'vitest';
import { labelValues, metricNames } from '#infra/monitoring/query-names.ts';

it.each([
  ['up == 0', ['up']],
  ['sum by (le, pod) (rate(a_bucket{x="not_a_metric",y=~"b|c"}[5m])) / on (pod) group_left b > 2', ['a_bucket', 'b']],
  ['histogram_quantile(0.95, sum(rate(a_bucket[1m])) by (le)) >= 0 or vector(0)', ['a_bucket']],
  ['hintrank:late:ratio_5m > 14.4 * 1e3 and a unless b offset 5m', ['hintrank:late:ratio_5m', 'a', 'b']],
  ['label_values(a, namespace)', ['a', 'namespace']],
])('reads the metrics of %s', (expression, names) => {
  expect(metricNames(expression)).toEqual(names);
});

it('reads what a label is compared with', () => {
  expect(labelValues('rate(a{code=~"x|y",other="z"}[5m]) + b{status="1",code="w"}', 'code')).toEqual(['x', 'y', 'w']);
});
