import { PassThrough, Readable } from 'node:stream';
import type { CommandIo } from '#cli/command-line/command-io.ts';

export interface TestIo {
  readonly io: CommandIo;
  /** What was printed so far. */
  stdout(): string;
  stderr(): string;
}

/** A command's io on streams in memory. */
export function testIo(parts: Partial<Pick<CommandIo, 'stdin' | 'signal'>> = {}): TestIo {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const collected = { stdout: '', stderr: '' };
  stdout.on('data', (chunk: Buffer) => {
    collected.stdout += chunk.toString();
  });
  stderr.on('data', (chunk: Buffer) => {
    collected.stderr += chunk.toString();
  });
  return {
    io: {
      stdin: parts.stdin ?? Readable.from([]),
      signal: parts.signal ?? new AbortController().signal,
      stdout,
      stderr,
      async print(text) {
        stdout.write(text);
      },
    },
    stdout: () => collected.stdout,
    stderr: () => collected.stderr,
  };
}
