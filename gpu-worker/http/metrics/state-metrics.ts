import { Gauge, type Registry } from 'prom-client';
import type { ReadyPhase, WorkerState } from '#gpu-worker/http/worker-state.ts';

/** A value that is read when somebody looks; nothing before the model is loaded. */
interface StateMetric {
  readonly name: string;
  readonly help: string;
  readonly read: (parts: ReadyPhase) => number;
}

/** What has a value at any moment. Those that only grow say so by their name, as counters do. */
const stateMetrics: readonly StateMetric[] = [
  { name: 'queue_length', help: 'Documents that wait.', read: ({ engine }) => engine.queueLength() },
  { name: 'prefixes', help: 'Prefixes that are kept.', read: ({ engine }) => engine.memory().prefixes },
  { name: 'prefix_bytes', help: 'Bytes of kept keys and values.', read: ({ engine }) => engine.memory().prefixBytes },
  {
    name: 'prefix_bytes_max',
    help: 'Bytes that kept keys and values may take.',
    read: ({ engine }) => engine.memory().prefixBytesMax,
  },
  {
    name: 'prefix_evictions_total',
    help: 'Prefixes that were thrown out to make room.',
    read: ({ engine }) => engine.memory().prefixEvictions,
  },
  { name: 'adapters', help: 'Adapters that are loaded.', read: ({ adapters }) => adapters.digests().length },
  { name: 'adapter_bytes', help: 'Bytes of loaded adapters.', read: ({ adapters }) => adapters.statistics().bytes },
  {
    name: 'adapter_loads_total',
    help: 'Adapters that were loaded.',
    read: ({ adapters }) => adapters.statistics().loads,
  },
  {
    name: 'adapter_hits_total',
    help: 'Uses of an adapter that was there already.',
    read: ({ adapters }) => adapters.statistics().hits,
  },
  {
    name: 'adapter_evictions_total',
    help: 'Adapters that were unloaded to make room.',
    read: ({ adapters }) => adapters.statistics().evictions,
  },
];

export function addStateMetrics(registry: Registry, state: WorkerState): void {
  for (const { name, help, read } of stateMetrics) {
    new Gauge({
      name: `hintrank_worker_${name}`,
      help,
      registers: [registry],
      collect() {
        if (state.phase.name === 'ready') this.set(read(state.phase));
      },
    });
  }
  new Gauge({
    name: 'hintrank_worker_ready',
    help: '1 when the worker takes calls, else 0.',
    registers: [registry],
    collect() {
      this.set(state.phase.name === 'ready' ? 1 : 0);
    },
  });
}
