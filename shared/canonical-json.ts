/**
 * JSON that is the same for equal values, whoever wrote them: keys sorted by UTF-16 code units, no spaces, numbers and strings as ECMAScript writes them
 * (RFC 8785). Fields that are undefined are left out.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (isPlainObject(inner) ? sortKeys(inner) : inner));
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sortKeys(object: Record<string, unknown>): Record<string, unknown> {
  // Object.fromEntries would put keys that look like numbers first, and in their own order; that order is the same for equal objects too.
  return Object.fromEntries(Object.entries(object).sort(([one], [other]) => (one < other ? -1 : 1)));
}
