import { readdirSync, readFileSync } from 'node:fs';

/** Ids of the live processes that descend from this one, from /proc. Processes that ended and wait for their parent's look do not count. */
export function descendantsOf(processId: number): number[] {
  const parents = new Map(readdirSync('/proc').flatMap((name) => readParent(name)));
  const found = new Set([processId]);
  for (let grown = true; grown; ) {
    const before = found.size;
    for (const [id, parent] of parents) if (found.has(parent)) found.add(id);
    grown = found.size > before;
  }
  found.delete(processId);
  return [...found];
}

/** Whether the process runs. */
export function isAlive(processId: number): boolean {
  return readParent(String(processId)).length > 0;
}

function readParent(name: string): [number, number][] {
  if (!/^\d+$/.test(name)) return [];
  try {
    // The second field, the command's name, may hold anything but ends with the last parenthesis.
    const [state, parent] = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return state === 'Z' || state === 'X' ? [] : [[Number(name), Number(parent)]];
  } catch {
    return [];
  }
}
