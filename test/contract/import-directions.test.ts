import { describe, expect, it } from 'vitest';
import { findFault, findMutualFolders, readImports } from '#test/contract/import-rules.ts';
import { isTest, listSourceFiles } from '#test/support/source-files.ts';

const productionImports = async () =>
  (await listSourceFiles()).filter((file) => !isTest(file.path)).flatMap((file) => readImports(file.path, file.text));

describe('production code', () => {
  it('imports only in the directions of the design', async () => {
    const imports = await productionImports();
    expect(imports.length).toBeGreaterThan(100);
    const faults = imports.flatMap((edge) => {
      const fault = findFault(edge);
      return fault === null ? [] : [`${edge.from} → ${edge.to}: ${fault}`];
    });
    expect(faults).toEqual([]);
  });

  it('has no two gpu-worker folders that import each other', async () => {
    expect(findMutualFolders(await productionImports())).toEqual([]);
  });
});

describe('the rules', () => {
  it.each([
    ['shared/limits.ts', `import { a } from '#edge/app.ts';`, 'shared may not import edge'],
    ['edge/app.ts', `import type { A } from '../gpu-worker/main.ts';`, 'edge may not import gpu-worker'],
    [
      'edge/playground/main.tsx',
      `import { a } from '#edge/app.ts';`,
      'edge/playground/ and the rest of the edge do not import each other',
    ],
    [
      'edge/app.ts',
      `import '#edge/playground/main.tsx';`,
      'edge/playground/ and the rest of the edge do not import each other',
    ],
    ['cli/main.ts', `export const x = await import('#edge/app.ts');`, 'cli may not import edge'],
    ['gpu-worker/main.ts', `import '#test/support/x.ts';`, 'production code never imports tests'],
    ['gpu-worker/scoring/a.ts', `import { b } from './b.test.ts';`, 'production code never imports tests'],
    ['gpu-worker/onnx/a.ts', `import {\n  b,\n} from '#gpu-worker/scoring/b.ts';`, 'onnx lies below scoring'],
    ['gpu-worker/scoring/a.ts', `new Worker(new URL('../http/b.ts', import.meta.url))`, 'scoring lies below http'],
    [
      'gpu-worker/autodiff/a.ts',
      `import { b } from '#gpu-worker/weights/b.ts';`,
      'autodiff knows neither a model nor the engine',
    ],
    [
      'gpu-worker/scoring/a.ts',
      `import ort from 'onnxruntime-node';`,
      'only gpu-worker/engine/ may import onnxruntime-node',
    ],
    [
      'gpu-worker/brand-new/a.ts',
      `import { b } from '#gpu-worker/onnx/b.ts';`,
      'brand-new has no place in gpuWorkerRows',
    ],
  ])('catch %s with %j', (path, code, fault) => {
    expect(readImports(path, code).map(findFault)).toEqual([fault]);
  });

  it.each([
    ['edge/app.ts', `import { a } from '#shared/limits.ts';`],
    ['edge/app.ts', `import { a } from '#edge/playground-page/fetch-playground.ts';`],
    ['edge/playground/app.tsx', `import { a } from '#edge/playground/api/fault.ts';`],
    ['cli/main.ts', `import { a } from '#gpu-worker/scoring/a.ts';`],
    ['gpu-worker/engine/a.ts', `import ort from 'onnxruntime-node';`],
    [
      'gpu-worker/http/a.ts',
      `// import { b } from '#edge/app.ts';\n/* from '#test/x.ts' */ import { c } from '#gpu-worker/scoring/c.ts';`,
    ],
    ['gpu-worker/evaluation/a.ts', `import { b } from '#gpu-worker/scoring/b.ts';`],
  ])('let %s pass with %j', (path, code) => {
    const imports = readImports(path, code);
    expect(imports).toHaveLength(1);
    expect(imports.map(findFault)).toEqual([null]);
  });

  it('catch folders of one row that import each other', () => {
    const imports = [
      { from: 'gpu-worker/scoring/a.ts', to: 'gpu-worker/evaluation/b.ts' },
      { from: 'gpu-worker/evaluation/c.ts', to: 'gpu-worker/scoring/d.ts' },
    ];
    expect(findMutualFolders(imports)).toHaveLength(1);
    expect(findMutualFolders(imports.slice(1))).toEqual([]);
  });
});
