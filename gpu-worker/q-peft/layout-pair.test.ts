import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AdapterParts,
  fixedLength,
  layoutPrefix,
  layoutSuffix,
  noAdapterParts,
  prefixIds,
  type SequencePart,
  targetsOf,
} from '#gpu-worker/q-peft/layout-pair.ts';
import type { TokenTemplate } from '#gpu-worker/q-peft/template.ts';

const width = 4;
const template: TokenTemplate = {
  start: [1],
  instruction: [10, 11],
  passageOpen: [20],
  documentClose: [30],
  hintOpen: [40, 41],
  hintClose: [42],
  cue: [50],
  targetStart: [60],
  targetEnd: [2],
  textPrefix: '',
  keep: 'start',
};

/** Ids, and `row` for each row of embeddings. */
const flatten = (parts: readonly SequencePart[]): (number | string)[] =>
  parts.flatMap((part): (number | string)[] =>
    'ids' in part ? [...part.ids] : Array.from({ length: part.rows.length / width }, () => 'row'),
  );

const rows = (count: number) => new Float32Array(count * width);
const hints: AdapterParts = { hints: rows(2), hintLocation: 'suffix', softPrompt: null };

describe('the sequence of a pair', () => {
  it('is prefix, hint block, cue and all targets but the last', () => {
    expect(flatten(layoutPrefix(template, [100, 101], hints))).toEqual([1, 10, 11, 20, 100, 101, 30]);
    expect(flatten(layoutSuffix(template, targetsOf(template, [200]), hints))).toEqual(['row', 'row', 50, 60, 200]);
    expect(targetsOf(template, [200])).toEqual([60, 200, 2]);
  });

  it('has hints after the instruction where the adapter says so, and nowhere else', () => {
    const early: AdapterParts = { ...hints, hintLocation: 'prefix' };
    expect(flatten(layoutPrefix(template, [100], early))).toEqual([1, 10, 11, 'row', 'row', 20, 100, 30]);
    expect(flatten(layoutSuffix(template, [60, 200], early))).toEqual([50, 60]);
  });

  it('has a soft prompt in place of the instruction', () => {
    const soft: AdapterParts = { ...noAdapterParts, softPrompt: rows(3) };
    expect(flatten(layoutPrefix(template, [100], soft))).toEqual([1, 'row', 'row', 'row', 20, 100, 30]);
  });

  it('has in front of the document what all documents share, unless an adapter has rows there', () => {
    expect(prefixIds(layoutPrefix(template, [100, 101], hints))).toEqual({
      shared: [1, 10, 11, 20],
      own: [100, 101, 30],
    });
    const soft: AdapterParts = { ...noAdapterParts, softPrompt: rows(3) };
    expect(prefixIds(layoutPrefix(template, [100], soft))).toBeNull();
    expect(prefixIds(layoutPrefix(template, [100], { ...hints, hintLocation: 'prefix' }))).toBeNull();
  });

  it('has a prefix that depends on the document alone, with hints in the suffix or without', () => {
    const other: AdapterParts = { ...hints, hints: rows(5) };
    expect(layoutPrefix(template, [100], hints)).toEqual(layoutPrefix(template, [100], noAdapterParts));
    expect(layoutPrefix(template, [100], hints)).toEqual(layoutPrefix(template, [100], other));
  });

  it('is as long as fixedLength, document and query together, less the last target, which is only predicted', () => {
    const ids = fc.array(fc.nat(90), { maxLength: 5 });
    const anyTemplate: fc.Arbitrary<TokenTemplate> = fc.record({
      start: ids,
      instruction: ids,
      passageOpen: ids,
      documentClose: ids,
      hintOpen: ids,
      hintClose: ids,
      cue: ids,
      targetStart: ids,
      targetEnd: ids,
      textPrefix: fc.constant(''),
      keep: fc.constantFrom('start' as const, 'end' as const),
    });
    const anyAdapter = fc.record({
      hints: fc.option(fc.nat(6).map(rows)),
      hintLocation: fc.constantFrom('suffix' as const, 'prefix' as const),
      softPrompt: fc.option(fc.nat(6).map(rows)),
    });
    const query = fc.array(fc.nat(90), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(anyTemplate, anyAdapter, ids, query, (any, adapter, document, queryIds) => {
        const parts = [
          ...layoutPrefix(any, document, adapter),
          ...layoutSuffix(any, targetsOf(any, queryIds), adapter),
        ];
        const hintRows = (adapter.hints?.length ?? 0) / width;
        const softPromptRows = adapter.softPrompt === null ? null : adapter.softPrompt.length / width;
        const fixed = fixedLength(any, hintRows, softPromptRows);
        expect(flatten(parts)).toHaveLength(fixed + document.length + queryIds.length - 1);
      }),
    );
  });
});
