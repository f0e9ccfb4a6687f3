import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { describeFailure } from '#cli/command-line/describe-failure.ts';
import { UsageError } from '#cli/command-line/usage-error.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

describe('describeFailure', () => {
  it('ends with 2 for wrong usage and 1 for a fault, in the words of the error', () => {
    expect(describeFailure(new UsageError('--query is required.'))).toEqual({
      sentence: '--query is required.',
      exitCode: 2,
    });
    expect(describeFailure(new ServiceError('invalid_weights', 'model.gguf is cut off.'))).toEqual({
      sentence: 'model.gguf is cut off.',
      exitCode: 1,
    });
  });

  it('names the path of a real system error', async () => {
    const missing = await readFile('/nowhere/at/all').catch((error: unknown) => error);
    expect(describeFailure(missing)).toEqual({ sentence: '/nowhere/at/all does not exist.', exitCode: 1 });
    const folder = await readFile(import.meta.dirname).catch((error: unknown) => error);
    expect(describeFailure(folder).sentence).toBe('A file is a folder, not a file.');
  });

  it('is silent when the reader of the output has gone', () => {
    expect(describeFailure(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))).toEqual({
      sentence: '',
      exitCode: 0,
    });
  });

  it('keeps to one line of any other error', () => {
    expect(describeFailure(new Error('first\nsecond')).sentence).toBe('first');
    expect(describeFailure('text').sentence).toBe('text');
    expect(describeFailure(new Error('')).sentence).not.toBe('');
  });
});
