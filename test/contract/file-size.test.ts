import { expect, it } from 'vitest';
import { isTest, listSourceFiles } from '#test/support/source-files.ts';

/** Lines past which a file has more than one responsibility (the defects of the model codebases sit in their long files). */
const linesMax = 300;

it(`no source file has more than ${linesMax} lines`, async () => {
  const files = (await listSourceFiles()).filter((file) => !isTest(file.path));
  expect(files.length).toBeGreaterThan(50);
  const tooLong = files
    .map((file) => ({ path: file.path, lines: file.text.trimEnd().split('\n').length }))
    .filter((file) => file.lines > linesMax);
  expect(tooLong).toEqual([]);
});
