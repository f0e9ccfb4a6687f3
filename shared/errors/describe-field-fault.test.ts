import { expect, it } from 'vitest';
import { z } from 'zod';
import { describeFieldFault } from '#shared/errors/describe-field-fault.ts';

const schema = z.strictObject({
  threads: z.number().max(256),
  model: z.strictObject({ precision: z.enum(['int8', 'fp32']) }),
  digest: z
    .string()
    .regex(/^[0-9a-f]{8}$/, 'is not hex')
    .default('01234567'),
  key: z.string().refine((text) => text === 'right', 'must be the right one'),
});
const good = { threads: 2, model: { precision: 'int8' }, key: 'right' };

function faultsOf(input: unknown): string[] {
  const { error } = schema.safeParse(input);
  return (error?.issues ?? []).map((issue) => describeFieldFault(issue, input, { whole: 'the file' }));
}

it.each([
  [{ ...good, threads: 300 }, 'threads is 300: Too big: expected number to be <=256'],
  [{ ...good, threads: '2' }, 'threads is "2": Invalid input: expected number, received string'],
  [{ ...good, digest: 'abc' }, 'digest is "abc", which is not hex'],
  [{ ...good, threads: null }, 'threads is null: Invalid input: expected number, received null'],
  [
    { ...good, model: { precision: 'int4' } },
    'model.precision is "int4": Invalid option: expected one of "int8"|"fp32"',
  ],
])('names the field of %j, its value and the limit', (input, sentence) => {
  expect(faultsOf(input)).toEqual([sentence]);
});

it.each([
  [
    'a field that is missing',
    { ...good, threads: undefined },
    'threads: Invalid input: expected number, received undefined',
  ],
  ['a list', { ...good, threads: [2] }, 'threads: Invalid input: expected number, received array'],
  ['a long text', { ...good, threads: 'x'.repeat(81) }, 'threads: Invalid input: expected number, received string'],
  ['what a rule of our own is about', { ...good, key: 'secret' }, 'key: must be the right one'],
  ['the whole', 7, 'the file: Invalid input: expected object, received number'],
  ['a field that does not exist', { ...good, cores: 4 }, 'the file: Unrecognized key: "cores"'],
])('shows no value of %s', (_what, input, sentence) => {
  expect(faultsOf(input)).toEqual([sentence]);
});
