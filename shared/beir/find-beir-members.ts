/** Names of an archive's files that make a BEIR data set; null: the part is not there. */
export interface BeirMembers {
  readonly corpus: string;
  readonly queries: string;
  readonly train: string;
  readonly dev: string | null;
  readonly test: string | null;
}

/** Where the parts lie in their folder. */
export const beirPaths = {
  corpus: 'corpus.jsonl',
  queries: 'queries.jsonl',
  train: 'qrels/train.tsv',
  dev: 'qrels/dev.tsv',
  test: 'qrels/test.tsv',
} as const satisfies Record<keyof BeirMembers, string>;

/**
 * The parts of a BEIR data set among the files of an archive: at its top or in one folder, as BEIR's own archives have them. What else is there is passed
 * over. A string: what is wrong, as a clause.
 */
export function findBeirMembers(names: readonly string[]): BeirMembers | string {
  const files = names.filter((name) => !name.startsWith('__MACOSX/'));
  const folders = files.flatMap((name) => {
    const folder = /^(?<folder>(?:[^/]+\/)?)corpus\.jsonl$/.exec(name)?.groups?.['folder'];
    return folder === undefined ? [] : [folder];
  });
  const [folder] = folders;
  if (folder === undefined) return 'it has no corpus.jsonl, neither at its top nor in a folder there';
  if (folders.length > 1) return `it has ${folders.length} files corpus.jsonl; one data set is needed`;
  const count = (path: string) => files.filter((name) => name === `${folder}${path}`).length;
  const twice = Object.values(beirPaths).find((path) => count(path) > 1);
  if (twice !== undefined) return `it has ${folder}${twice} ${count(twice)} times`;
  const missing = [beirPaths.queries, beirPaths.train].filter((path) => count(path) === 0);
  if (missing.length > 0) return `it has no ${missing.map((path) => `${folder}${path}`).join(' and no ')}`;
  const find = (path: string) => (count(path) === 0 ? null : `${folder}${path}`);
  return {
    corpus: `${folder}${beirPaths.corpus}`,
    queries: `${folder}${beirPaths.queries}`,
    train: `${folder}${beirPaths.train}`,
    dev: find(beirPaths.dev),
    test: find(beirPaths.test),
  };
}
