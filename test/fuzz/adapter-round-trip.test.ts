import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAdapterFile } from '#shared/adapter-file/parse-adapter-file.ts';
import { writeAdapterFile } from '#shared/adapter-file/write-adapter-file.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { adapterArbitrary } from '#test/fuzz/adapter-arbitraries.ts';

describe('an adapter file', () => {
  test('of fp32 gives back exactly what was written', () => {
    fc.assert(
      fc.property(adapterArbitrary, (adapter) => {
        expect(parseAdapterFile(writeAdapterFile(adapter, { storage: 'fp32' }))).toEqual(adapter);
      }),
      { numRuns: 300 },
    );
  });

  test('of fp16 is stable after the first rounding, or refused because a value passes the range', () => {
    fc.assert(
      fc.property(adapterArbitrary, (adapter) => {
        let file: Uint8Array;
        try {
          file = writeAdapterFile(adapter, { storage: 'fp16' });
        } catch (error) {
          expect(error).toBeInstanceOf(ServiceError);
          expect(String(error)).toMatch(/beyond fp16's 65504; store it as fp32/);
          return;
        }
        expect(writeAdapterFile(parseAdapterFile(file), { storage: 'fp16' })).toEqual(file);
      }),
      { numRuns: 300 },
    );
  });
});
