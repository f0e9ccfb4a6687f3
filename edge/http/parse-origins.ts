/** Origins whose pages may call the API from a browser: none, all, or a list. */
export type AllowedOrigins = '*' | readonly string[];

/** Reads CORS_ORIGINS: nothing, `*`, or origins separated by commas. What is wrong is added to `problems`. */
export function parseOrigins(text: string | undefined, problems: string[]): AllowedOrigins {
  const origins = (text ?? '')
    .split(',')
    .map((origin) => origin.trim())
    .filter((origin) => origin !== '');
  if (origins.length === 1 && origins[0] === '*') return '*';
  for (const origin of origins) {
    if (isOrigin(origin)) continue;
    problems.push(
      `CORS_ORIGINS: "${origin}" is not an origin such as https://app.example, without a path; "*" stands alone`,
    );
  }
  return origins;
}

/** A browser sends an origin in exactly this form, so any other would never match. */
function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
