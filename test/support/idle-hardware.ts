import type { HardwareProfile } from '#cli/capacity-plan/hardware/hardware-profile.ts';

/** Hardware on which nothing takes any time: for tests to say what does. */
export const idleHardware: HardwareProfile = {
  name: 'idle',
  description: 'Takes no time.',
  model: { name: 'tiny', parameters: 1_000_000, precision: 'fp32', keyValueBytesPerToken: 1_000 },
  threads: 1,
  busySlowdown: 1,
  spread: 0,
  milliseconds: {
    edge: 0,
    call: 0,
    batch: 0,
    document: 0,
    token: 0,
    prefixRun: 0,
    prefixRow: 0,
    prefixRowSquared: 0,
    suffixRun: 0,
    suffixRow: 0,
    suffixRowPast: 0,
    hints: 0,
  },
  memory: {
    machine: 1_000_000_000,
    process: 100_000_000,
    weights: 100_000_000,
    thread: 10_000_000,
    adapter: 1_000_000,
  },
  pricePerHour: 1,
};
