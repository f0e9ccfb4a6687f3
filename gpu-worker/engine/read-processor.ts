import { readFileSync } from 'node:fs';

/** What decides how fast integer products are. */
export interface Processor {
  /** As `process.arch` names it. */
  readonly architecture: string;
  /** Instruction sets as Linux names them; null where the system does not tell. */
  readonly flags: ReadonlySet<string> | null;
}

/** The processor of this machine. */
export function readProcessor(): Processor {
  const { arch, platform } = process;
  // Every Mac with an M processor has the 8-bit dot products.
  if (platform === 'darwin' && arch === 'arm64') return { architecture: arch, flags: new Set(['asimddp']) };
  if (platform !== 'linux') return { architecture: arch, flags: null };
  return { architecture: arch, flags: parseProcessorFlags(readFileSync('/proc/cpuinfo', 'utf8')) };
}

/** The flags of the first core in the text of `/proc/cpuinfo` (`flags` on x86, `Features` on ARM); null where there are none. */
export function parseProcessorFlags(text: string): ReadonlySet<string> | null {
  const list = /^(?:flags|Features)\s*:\s*(\S.*)$/m.exec(text)?.[1];
  return list === undefined ? null : new Set(list.trim().split(/\s+/));
}
