import type { ProxyFault } from '#test/support/start-toxiproxy.ts';

const up = 'upstream' as const;
const down = 'downstream' as const;

/** What may happen between a bucket and its clients, and comes to an end. None of it lets a call through whole. */
export const bucketFaults = {
  'is gone': 'down',
  hangs: [{ type: 'timeout', stream: up, attributes: { timeout: 400 } }],
  'resets connections': [{ type: 'reset_peer', stream: up, attributes: { timeout: 0 } }],
  'breaks uploads off': [{ type: 'limit_data', stream: up, attributes: { bytes: 3_000 } }],
  'breaks answers off': [{ type: 'limit_data', stream: down, attributes: { bytes: 60 } }],
} as const satisfies Record<string, ProxyFault>;

/** What only takes time. */
export const slowness = [
  { type: 'slow_close', stream: down, attributes: { delay: 300 } },
  { type: 'latency', stream: down, attributes: { latency: 100, jitter: 50 } },
  { type: 'bandwidth', stream: up, attributes: { rate: 100 } },
] as const satisfies ProxyFault;

export type BucketFault = keyof typeof bucketFaults;
