import { z } from 'zod';

/** What is read of schemathesis's JSON report. */
const reportSchema = z.object({
  complete: z.boolean(),
  operations: z.object({ total: z.number(), tested: z.number() }),
  test_cases: z.object({ generated: z.number(), with_failures: z.number(), without_checks: z.number() }),
  /** By operation and phase: what became of requests that fit the schema. */
  valid_rates: z.record(z.string(), z.record(z.string(), z.object({ accepted: z.number() }))),
});

export interface ContractRun {
  /** One line of counts. */
  readonly summary: string;
  /** Why the run proves less than it should; none: all is well as far as counts tell. */
  readonly problems: string[];
}

/** Requests below which a run says too little. */
export const requestsMin = 2_000;

/** Operations that must succeed now and then: what they need is seeded, so that more than refusals is tried. */
const mustSucceed = /^[A-Z]+ \/v1\/(?:datasets|training-jobs)/;

/** Reads the counts of a run's JSON report, which holds them whether or not checks failed. Throws for a report that is none. */
export function readRunReport(report: unknown): ContractRun {
  const { complete, operations, test_cases, valid_rates: rates } = reportSchema.parse(report);
  const checked = test_cases.generated - test_cases.without_checks;
  const refused = Object.entries(rates).flatMap(([operation, phases]) => {
    const accepted = Object.values(phases).some((phase) => phase.accepted > 0);
    return accepted || !mustSucceed.test(operation) ? [] : [operation];
  });
  const problems = [
    ...(complete ? [] : ['the run ended before it was complete']),
    ...(operations.tested === operations.total
      ? []
      : [`${operations.tested} of ${operations.total} operations were tried`]),
    ...(checked >= requestsMin ? [] : [`${checked} requests were checked, at least ${requestsMin} must be`]),
    ...(test_cases.with_failures === 0 ? [] : [`${test_cases.with_failures} requests failed a check`]),
    ...(refused.length === 0 ? [] : [`no valid request succeeded for ${refused.join(', ')}`]),
  ];
  const summary = `API contract: ${operations.tested} operations, ${checked} checked requests, ${test_cases.with_failures} failed.`;
  return { summary, problems };
}
