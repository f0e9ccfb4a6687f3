/** The import directions of ARCHITECTURE.md as data, and their check. Paths are from the repository's folder. */

/** Part → the other parts that its production code may import. */
const partsAllowed: Readonly<Record<string, readonly string[]>> = {
  shared: [],
  edge: ['shared'],
  'gpu-worker': ['shared'],
  cli: ['gpu-worker', 'shared'],
  infra: ['edge', 'gpu-worker', 'cli', 'shared'],
};

/** The files that lie in gpu-worker itself: the composition root and what starts and stops the process. */
const topFiles = '(top)';

/** Folders of gpu-worker from the top; a folder imports its own row and the rows below. Within a row no two folders import each other both ways. */
const gpuWorkerRows: readonly (readonly string[])[] = [
  [topFiles],
  ['http', 'training-service'],
  ['scoring', 'training', 'evaluation', 'calibration', 'adapter-import'],
  ['q-peft', 'language-model', 'quantisation', 'autodiff', 'engine', 'model-store'],
  ['onnx', 'weights', 'tokenizer', 'files', 'telemetry'],
];

/** The only folder of production code that knows the native runtime. */
const runtimeOwner = 'gpu-worker/engine/';
const runtimePackages = ['onnxruntime-node', 'onnxruntime-common'];

/** The web page, which browsers run: it and the Worker share nothing but shared/. */
const pageFolder = 'edge/playground/';

/** What a gradient of a graph may know: the graph, no model and no engine. */
const autodiffAllowed = ['autodiff', 'onnx'];

export interface Import {
  readonly from: string;
  /** A file of the repository, or a package's name. */
  readonly to: string;
}

/** The imports of a source, types included, with aliases (`#shared/…`) and relative paths resolved to repository paths. */
export function readImports(path: string, text: string): Import[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const pattern =
    /(?:\bfrom|\bimport|\bimport\()\s*['"]([^'"]+)['"]|new URL\(\s*['"]([^'"]+\.ts)['"]\s*,\s*import\.meta\.url/g;
  return [...code.matchAll(pattern)].map((match) => ({
    from: path,
    to: resolveSpecifier(path, match[1] ?? match[2] ?? ''),
  }));
}

function resolveSpecifier(path: string, specifier: string): string {
  if (specifier.startsWith('#')) return specifier.slice(1);
  if (!specifier.startsWith('.')) return specifier;
  return new URL(specifier, `file:///${path}`).pathname.slice(1);
}

/** Why `from` (production code) may not import `to`, or null. */
export function findFault({ from, to }: Import): string | null {
  if (runtimePackages.includes(to))
    return from.startsWith(runtimeOwner) ? null : `only ${runtimeOwner} may import ${to}`;
  const fromPart = partOf(from);
  const toPart = partOf(to);
  if (fromPart === 'edge' && toPart === 'edge' && from.startsWith(pageFolder) !== to.startsWith(pageFolder)) {
    return `${pageFolder} and the rest of the edge do not import each other`;
  }
  if (toPart === 'test' || to.endsWith('.test.ts')) return 'production code never imports tests';
  if (toPart === null || fromPart === null) return null;
  if (fromPart !== toPart)
    return partsAllowed[fromPart]?.includes(toPart) ? null : `${fromPart} may not import ${toPart}`;
  return fromPart === 'gpu-worker' ? findRowFault(from, to) : null;
}

function findRowFault(from: string, to: string): string | null {
  const [fromFolder, toFolder] = [folderOf(from), folderOf(to)];
  const [fromRow, toRow] = [rowOf(fromFolder), rowOf(toFolder)];
  if (fromRow === -1) return `${fromFolder} has no place in gpuWorkerRows`;
  if (toRow === -1) return `${toFolder} has no place in gpuWorkerRows`;
  if (fromFolder === 'autodiff' && !autodiffAllowed.includes(toFolder))
    return 'autodiff knows neither a model nor the engine';
  return toRow < fromRow ? `${fromFolder} lies below ${toFolder}` : null;
}

/** Pairs of gpu-worker folders that import each other; each entry names one import of each direction. */
export function findMutualFolders(imports: readonly Import[]): string[] {
  const examples = new Map<string, Import>();
  for (const edge of imports) {
    if (partOf(edge.from) !== 'gpu-worker' || partOf(edge.to) !== 'gpu-worker') continue;
    const [from, to] = [folderOf(edge.from), folderOf(edge.to)];
    if (from !== to) examples.set(`${from} ${to}`, edge);
  }
  return [...examples].flatMap(([key, edge]) => {
    const [from = '', to = ''] = key.split(' ');
    const back = examples.get(`${to} ${from}`);
    return back === undefined || from > to ? [] : [`${edge.from} → ${edge.to}, and ${back.from} → ${back.to}`];
  });
}

function partOf(path: string): string | null {
  const part = path.split('/', 1)[0] ?? '';
  return part === 'test' || part in partsAllowed ? part : null;
}

function folderOf(path: string): string {
  const [, folder = '', ...rest] = path.split('/');
  return rest.length === 0 ? topFiles : folder;
}

function rowOf(folder: string): number {
  return gpuWorkerRows.findIndex((row) => row.includes(folder));
}
