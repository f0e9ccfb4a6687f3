import { parseArgs } from 'node:util';
import { positiveInteger } from '#test/bench/benchmark-flags.ts';
import { describeMachine } from '#test/bench/describe-machine.ts';
import { renderEdgeBenchmark } from '#test/bench/edge/render-edge-benchmark.ts';
import { runEdgeBenchmark } from '#test/bench/edge/run-edge-benchmark.ts';

export const edgeBenchmarkHelp = `npm run bench -- edge [FLAGS]: requests per second and latencies of the edge in workerd, beside a bare Hono hello

  --connections A,B   connections of each point (1,4,16,64)
  --seconds N         seconds of each measurement (5)
  --disturbed N       seconds of each part with a worker killed and one hung under 20 callers (30)
  --no-disturbed      without that
  --json              JSON instead of a table
`;

/** Runs the benchmark with these flags and returns its report. */
export async function edgeBenchmarkCommand(args: readonly string[]): Promise<string> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      connections: { type: 'string', default: '1,4,16,64' },
      seconds: { type: 'string', default: '5' },
      disturbed: { type: 'string', default: '30' },
      'no-disturbed': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const machine = describeMachine();
  const result = await runEdgeBenchmark({
    connections: values.connections.split(',').map((count) => positiveInteger('connections', count)),
    seconds: positiveInteger('seconds', values.seconds),
    disturbedSeconds: values['no-disturbed'] ? 0 : positiveInteger('disturbed', values.disturbed),
    onProgress: (sentence) => process.stderr.write(`${sentence}\n`),
  });
  return values.json ? `${JSON.stringify({ machine, ...result }, null, 2)}\n` : renderEdgeBenchmark(result, machine);
}
