/**
 * Headers of the playground's page. Its script holds an API key, so it may load and call nothing but its own origin, run nothing that is written
 * into the page, and be framed by nobody. The icon is an empty `data:` address, so that browsers do not ask for one.
 */
export const playgroundPolicy: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  // The page names its script by a digest: an old page would ask for a script that is gone.
  'Cache-Control': 'no-cache',
  Vary: 'Accept',
};
