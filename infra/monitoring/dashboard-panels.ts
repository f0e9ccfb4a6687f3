/** One graph: a title, its unit as Grafana calls it, and lines, each a PromQL expression and the name of its series. */
export interface Panel {
  readonly title: string;
  readonly unit: 's' | 'bytes' | 'short' | 'reqps' | 'percentunit';
  readonly lines: readonly (readonly [expression: string, legend: string])[];
}

export interface Dashboard {
  readonly name: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}

const here = 'namespace=~"$namespace"';
const rate = (metric: string, labels = here) => `rate(${metric}{${labels}}[$__rate_interval])`;
const quantile = (share: number, metric: string, labels = here) =>
  `histogram_quantile(${share}, sum by (le) (${rate(`${metric}_bucket`, labels)}))`;
const hitShare = (hits: string, misses: string) => `sum(${rate(hits)}) / (sum(${rate(hits)}) + sum(${rate(misses)}))`;

/** What an operator looks at first: is the region served, how quickly, by what. */
const region: Dashboard = {
  name: 'region',
  title: 'Hintrank: a region',
  panels: [
    {
      title: 'Failed calls, of all (objective: 0.1 %)',
      unit: 'percentunit',
      lines: [[`hintrank:score_calls_failed:ratio_5m{${here}}`, '{{namespace}}']],
    },
    {
      title: 'Documents that wait longer than 0.5 s (objective: 1 %)',
      unit: 'percentunit',
      lines: [[`hintrank:documents_late:ratio_5m{${here}}`, '{{namespace}}']],
    },
    {
      title: 'Calls by status',
      unit: 'reqps',
      lines: [
        [`sum by (status) (${rate('hintrank_worker_requests_total', `${here},route="/v1/score"`)})`, '{{status}}'],
      ],
    },
    {
      title: 'Failures by code',
      unit: 'reqps',
      lines: [[`sum by (code) (${rate('hintrank_worker_failures_total')})`, '{{code}}']],
    },
    {
      title: 'Duration of score calls',
      unit: 's',
      lines: [0.5, 0.95, 0.99].map(
        (share) =>
          [quantile(share, 'hintrank_worker_request_seconds', `${here},route="/v1/score"`), `p${share * 100}`] as const,
      ),
    },
    {
      title: 'Wait of documents',
      unit: 's',
      lines: [0.5, 0.95, 0.99].map(
        (share) => [quantile(share, 'hintrank_worker_queue_wait_seconds'), `p${share * 100}`] as const,
      ),
    },
    {
      title: 'Documents scored a second',
      unit: 'short',
      lines: [[`sum(${rate('hintrank_worker_documents_total')})`, 'documents']],
    },
    {
      title: 'Workers',
      unit: 'short',
      lines: [
        [`sum(hintrank_worker_ready{${here}})`, 'ready'],
        [`max(envoy_cluster_membership_healthy{${here},envoy_cluster_name="workers"})`, 'seen by the gateway'],
      ],
    },
    {
      title: 'Calls at the gateway',
      unit: 'reqps',
      lines: [
        [
          `sum by (envoy_response_code_class) (${rate('envoy_http_downstream_rq_xx', `${here},envoy_http_conn_manager_prefix="calls"`)})`,
          '{{envoy_response_code_class}}xx',
        ],
      ],
    },
  ],
};

/** Why a worker is as quick as it is. */
const workers: Dashboard = {
  name: 'workers',
  title: 'Hintrank: workers',
  panels: [
    { title: 'Documents that wait', unit: 'short', lines: [[`hintrank_worker_queue_length{${here}}`, '{{pod}}']] },
    {
      title: 'Where the time of scoring threads goes',
      unit: 's',
      lines: [[`sum by (stage) (${rate('hintrank_worker_stage_seconds_total')})`, '{{stage}}']],
    },
    {
      title: 'Prefixes that were kept',
      unit: 'percentunit',
      lines: [[hitShare('hintrank_worker_prefix_hits_total', 'hintrank_worker_prefix_misses_total'), 'share']],
    },
    {
      title: 'Prefixes thrown out a second',
      unit: 'short',
      lines: [[`sum by (pod) (${rate('hintrank_worker_prefix_evictions_total')})`, '{{pod}}']],
    },
    {
      title: 'Memory of prefixes',
      unit: 'bytes',
      lines: [
        [`hintrank_worker_prefix_bytes{${here}}`, '{{pod}}'],
        [`hintrank_worker_prefix_bytes_max{${here}}`, '{{pod}}, limit'],
      ],
    },
    { title: 'Memory of the process', unit: 'bytes', lines: [[`process_resident_memory_bytes{${here}}`, '{{pod}}']] },
    { title: 'Rows of a run', unit: 'short', lines: [[quantile(0.5, 'hintrank_worker_run_rows'), 'median']] },
    {
      title: 'Duration of a run',
      unit: 's',
      lines: [0.5, 0.99].map((share) => [quantile(share, 'hintrank_worker_run_seconds'), `p${share * 100}`] as const),
    },
    {
      title: 'Adapters',
      unit: 'short',
      lines: [
        [`sum by (pod) (hintrank_worker_adapters{${here}})`, '{{pod}}, loaded'],
        [`sum(${rate('hintrank_worker_adapter_loads_total')})`, 'loads a second'],
        [`sum(${rate('hintrank_worker_adapter_evictions_total')})`, 'unloads a second'],
      ],
    },
    {
      title: 'Lag of the main thread',
      unit: 's',
      lines: [[`nodejs_eventloop_lag_p99_seconds{${here}}`, '{{pod}}, p99']],
    },
  ],
};

const training: Dashboard = {
  name: 'training',
  title: 'Hintrank: training',
  panels: [
    { title: 'Jobs that run', unit: 'short', lines: [[`sum(hintrank_worker_training_jobs{${here}})`, 'jobs']] },
    {
      title: 'Jobs that ended, by how',
      unit: 'short',
      lines: [[`sum by (end) (increase(hintrank_worker_training_jobs_ended_total{${here}}[$__range]))`, '{{end}}']],
    },
    {
      title: 'Steps a second',
      unit: 'short',
      lines: [[`sum by (pod) (${rate('hintrank_worker_training_steps_total')})`, '{{pod}}']],
    },
    {
      title: 'Tokens a second',
      unit: 'short',
      lines: [[`sum by (pod) (${rate('hintrank_worker_training_tokens_total')})`, '{{pod}}']],
    },
  ],
};

export const dashboards: readonly Dashboard[] = [region, workers, training];
