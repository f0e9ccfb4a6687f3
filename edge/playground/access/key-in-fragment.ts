/** The key in an address's fragment (`#key=…`), or null: how the local stack hands its key to the page. */
export function keyInFragment(hash: string): string | null {
  const value = /^#key=(.+)$/.exec(hash)?.[1];
  if (value === undefined) return null;
  try {
    return decodeURIComponent(value).trim() || null;
  } catch {
    return null;
  }
}
