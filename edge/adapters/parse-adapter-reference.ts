import type { VersionSelector } from '#edge/adapters/adapter-version.ts';

export interface AdapterReference {
  readonly name: string;
  readonly selector: VersionSelector;
}

/** `name`, `name@3` or `name@alias`; undefined where the text is none of them. */
export function parseAdapterReference(text: string): AdapterReference | undefined {
  const match = /^([^@]+)(?:@(?:([1-9]\d{0,8})|([a-z][a-z0-9-]{0,31})))?$/.exec(text);
  const [, name, version, alias] = match ?? [];
  if (name === undefined) return undefined;
  if (version !== undefined) return { name, selector: { kind: 'version', version: Number(version) } };
  return { name, selector: alias === undefined ? { kind: 'newest' } : { kind: 'alias', alias } };
}
