import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { positiveInteger } from '#test/bench/benchmark-flags.ts';
import { describeMachine } from '#test/bench/describe-machine.ts';
import { renderMemoryBenchmark } from '#test/bench/memory/render-memory-benchmark.ts';
import { runMemoryBenchmark } from '#test/bench/memory/run-memory-benchmark.ts';
import { writeLargeCheckpoint } from '#test/bench/memory/write-large-checkpoint.ts';

export const memoryBenchmarkHelp = `npm run bench -- memory [FLAGS]: memory of the conversion, of each session, of kept prefixes and of engines. Linux only

  --model PATH        GGUF file or Hugging Face folder; without it a folder of random bfloat16 weights in four shards or so, 1.04 billion of them
                      (16 layers, 2,048 wide, 32 heads over 8, vocabulary 32,000): 2.1 GB, and 4 GB of converted ones, deleted afterwards
  --precision NAME    int8 (default) or fp32
  --threads A,B       engines to start, one after the other (1,2)
  --folder PATH       where the temporary folder is made (the system's)
  --json              JSON instead of Markdown
`;

/** The shape of Llama 3.2 1B, with a quarter of its vocabulary. */
const billionParameters = {
  model_type: 'llama',
  hidden_size: 2_048,
  num_hidden_layers: 16,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  head_dim: 64,
  intermediate_size: 8_192,
  vocab_size: 32_000,
  rms_norm_eps: 1e-5,
  rope_theta: 500_000,
  max_position_embeddings: 131_072,
  tie_word_embeddings: true,
} as const;

const shardBytes = 600_000_000;

/** Runs the benchmark with these flags and returns its report. */
export async function memoryBenchmarkCommand(args: readonly string[]): Promise<string> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      model: { type: 'string' },
      precision: { type: 'string', default: 'int8' },
      threads: { type: 'string', default: '1,2' },
      folder: { type: 'string', default: tmpdir() },
      json: { type: 'boolean', default: false },
    },
  });
  const { precision } = values;
  if (precision !== 'int8' && precision !== 'fp32')
    throw new Error(`--precision takes int8 and fp32, not "${precision}".`);
  const threads = values.threads.split(',').map((text) => positiveInteger('threads', text));
  const onProgress = (sentence: string) => void process.stderr.write(`${sentence}\n`);
  const machine = describeMachine();
  const folder = mkdtempSync(join(values.folder, 'hintrank-memory-'));
  try {
    const modelPath = values.model ?? join(folder, 'model');
    if (values.model === undefined) {
      onProgress('writing the weights');
      writeLargeCheckpoint(modelPath, billionParameters, shardBytes);
    }
    const cacheFolder = join(folder, 'cache');
    const result = await runMemoryBenchmark({ modelPath, cacheFolder, precision, threads, onProgress });
    return values.json
      ? `${JSON.stringify({ machine, ...result }, null, 2)}\n`
      : renderMemoryBenchmark(result, machine);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
