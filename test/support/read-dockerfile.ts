import { readFileSync } from 'node:fs';

export interface Instruction {
  readonly name: string;
  readonly text: string;
}

export interface BuildStage {
  readonly name: string;
  /** An image, or the name of an earlier stage. */
  readonly base: string;
  readonly instructions: readonly Instruction[];
}

/** The stages of a Dockerfile as it is written: no variables are filled in but those of ARG before the first stage. */
export function readDockerfile(path: string): BuildStage[] {
  const defaults = new Map<string, string>();
  const stages: (BuildStage & { instructions: Instruction[] })[] = [];
  const text = readFileSync(path, 'utf8')
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n/g, ' ');
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    const [, name = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line.trim()) ?? [];
    if (name === 'FROM') {
      const [, from = '', stage = ''] = /^(\S+) AS (\S+)$/.exec(rest) ?? [];
      stages.push({
        name: stage,
        base: from.replace(/\$\{(\w+)\}/, (_, key) => defaults.get(key) ?? ''),
        instructions: [],
      });
      continue;
    }
    const stage = stages.at(-1);
    if (stage !== undefined) stage.instructions.push({ name, text: rest.replace(/\s+/g, ' ') });
    else if (name === 'ARG') defaults.set(...(rest.split('=', 2) as [string, string]));
  }
  return stages;
}

/** A stage's instructions of one kind, those of the stages below it first. */
export function instructionsOf(stages: readonly BuildStage[], stageName: string, kind: string): string[] {
  const stage = stages.find(({ name }) => name === stageName);
  if (stage === undefined) return [];
  const own = stage.instructions.filter(({ name }) => name === kind).map(({ text }) => text);
  return [...instructionsOf(stages, stage.base, kind), ...own];
}
