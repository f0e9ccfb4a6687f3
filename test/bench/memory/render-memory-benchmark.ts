import { describeMachineLine, type MachineDescription } from '#test/bench/describe-machine.ts';
import type { MemoryStep } from '#test/bench/memory/memory-side.ts';
import type { MemoryBenchmarkResult } from '#test/bench/memory/run-memory-benchmark.ts';

/** The report as Markdown. */
export function renderMemoryBenchmark(result: MemoryBenchmarkResult, machine: MachineDescription): string {
  const { precision, modelBytes, int8Bytes, conversionBoundBytes, parts } = result;
  const rows = parts.flatMap(({ name, steps }) => steps.map((step) => row(name, step)));
  return [
    `# Memory, ${precision}`,
    '',
    describeMachineLine(machine),
    '',
    `Model: ${megabytes(modelBytes)} MB on disk, ${megabytes(int8Bytes)} MB of linear layers in int8. Bound of the conversion: ${megabytes(conversionBoundBytes)} MB.`,
    '',
    '| | step | own memory, + MB | resident, + MB | resident, MB | proportional, MB | peak, MB | counted, MB | s |',
    '| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
    '',
  ].join('\n');
}

function row(part: string, { name, before, after, peakResident, countedBytes, seconds }: MemoryStep): string {
  const figures = [
    after.anonymous - before.anonymous,
    after.resident - before.resident,
    after.resident,
    after.proportional,
    peakResident,
  ].map(megabytes);
  const counted = countedBytes === 0 ? '' : megabytes(countedBytes);
  return `| ${[part, name, ...figures, counted, seconds.toFixed(1)].join(' | ')} |`;
}

/** Millions of bytes. */
function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
}
