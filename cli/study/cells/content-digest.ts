import { createHash } from 'node:crypto';

/** Raised when cells mean something else for the same contents, so that old files are not taken for new ones. */
const cellVersion = 1;

/** Enough that two cells never share a name; short enough for a file name. */
const digestCharacters = 20;

/** Names what was made from `parts` alone (anything that JSON can tell apart). */
export function contentDigest(...parts: readonly unknown[]): string {
  return createHash('sha256')
    .update(JSON.stringify([cellVersion, ...parts]))
    .digest('hex')
    .slice(0, digestCharacters);
}
