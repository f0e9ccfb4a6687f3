/**
 * The API key as clients send it: `Authorization: Bearer KEY`, a bare `Authorization: KEY` (TEI clients), or `X-API-Key: KEY`.
 * undefined: none was sent. `Bearer None` and the like, which clients without a configured key send, count as none.
 */
export function readCredential(headers: Headers): string | undefined {
  const authorization = headers.get('authorization')?.replace(/^bearer(\s+|$)/i, '');
  return presentKey(authorization) ?? presentKey(headers.get('x-api-key'));
}

/** What programs print for a setting that is not there. */
const absentValues = new Set(['', 'none', 'null', 'undefined', 'nil']);

function presentKey(text: string | null | undefined): string | undefined {
  const key = text?.trim() ?? '';
  return absentValues.has(key.toLowerCase()) ? undefined : key;
}
