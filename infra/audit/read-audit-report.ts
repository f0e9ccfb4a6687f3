import { z } from 'zod';

const auditReportSchema = z.object({
  vulnerabilities: z.record(
    z.string(),
    z.object({ severity: z.enum(['info', 'low', 'moderate', 'high', 'critical']), range: z.string() }),
  ),
});

/** A fault that is known and accepted: why, and until when (`YYYY-MM-DD`); from then on it counts again. */
export interface AcceptedFault {
  readonly reason: string;
  readonly until: string;
}

export type AuditOutcome =
  /** The registry was asked. `faults`: one line for each package with a severe fault that nobody accepted. */
  | { readonly kind: 'asked'; readonly faults: readonly string[] }
  /** No network, or a mirror that knows no advisories: nothing was learned. */
  | { readonly kind: 'not-asked'; readonly reason: string };

const severe = new Set(['high', 'critical']);

/** What the output of `npm audit --json` says. `today` is `YYYY-MM-DD`. */
export function readAuditReport(
  output: string,
  accepted: Readonly<Record<string, AcceptedFault>>,
  today: string,
): AuditOutcome {
  const parsed = auditReportSchema.safeParse(parseJson(output));
  if (!parsed.success) return { kind: 'not-asked', reason: failureOf(output) };
  const faults = Object.entries(parsed.data.vulnerabilities)
    .filter(([name, { severity }]) => severe.has(severity) && (accepted[name]?.until ?? '') <= today)
    .map(([name, { severity, range }]) => `${name} ${range}: ${severity}`);
  return { kind: 'asked', faults };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The sentence of npm's error, without the registry's address. */
function failureOf(output: string): string {
  const failure = z.object({ message: z.string() }).safeParse(parseJson(output));
  const message = failure.success ? failure.data.message : 'npm printed no report';
  return message.replace(/https?:\/\/\S+/g, 'the registry');
}
