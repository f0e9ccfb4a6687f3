import { describe, expect, it } from 'vitest';
import { markdownTable } from '#infra/docs/markdown-table.ts';

describe('markdownTable', () => {
  it('keeps a cell in its cell', () => {
    expect(markdownTable(['a'], [['p(x | y)\nz']])).toBe('| a |\n| --- |\n| p(x \\| y) z |');
  });
});
