import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

export interface MachineDescription {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  /** Instruction sets that decide the speed of integer and half-precision products. */
  readonly instructionSets: readonly string[];
  readonly node: string;
  /** Processes that wanted a core in the last minute, before the benchmark: far above 0, its figures are of a shared machine. */
  readonly loadBefore: number;
}

const decisiveSets = [
  'avx2',
  'avx512f',
  'avx512_vnni',
  'avx_vnni',
  'avx512_bf16',
  'amx_int8',
  'amx_bf16',
  'asimddp',
  'i8mm',
  'sve',
];

/** What a figure was measured on; without it the figure says nothing. */
export function describeMachine(): MachineDescription {
  const flags = readFlags();
  return {
    processor: cpus()[0]?.model.trim() || process.arch,
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    instructionSets: decisiveSets.filter((name) => flags.has(name)),
    node: process.versions.node,
    loadBefore: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}

/** The machine in one line of a report. */
export function describeMachineLine(machine: MachineDescription): string {
  const { processor, cores, memoryGiB, node, instructionSets, loadBefore } = machine;
  const sets = instructionSets.join(' ') || 'instruction sets unknown';
  return `${processor}, ${cores} cores, ${memoryGiB} GiB, Node ${node}; ${sets}; load before ${loadBefore}`;
}

/** Linux only; elsewhere nothing is claimed. */
function readFlags(): ReadonlySet<string> {
  try {
    const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'));
    return new Set(line?.[1]?.split(/\s+/));
  } catch {
    return new Set();
  }
}
