import { describe, expect, it } from 'vitest';
import { readAuditReport } from '#infra/audit/read-audit-report.ts';

/** The parts of npm 11's report that count; every field that it has beside them is passed over. */
function report(severity: string): string {
  const fault = { name: 'left-pad', severity, isDirect: false, via: [], effects: [], range: '<1.3.0', nodes: [] };
  return JSON.stringify({ auditReportVersion: 2, vulnerabilities: { 'left-pad': fault }, metadata: {} });
}

describe('readAuditReport', () => {
  it.each(['high', 'critical'])('names a package with a %s fault', (severity) => {
    const faults = [`left-pad <1.3.0: ${severity}`];
    expect(readAuditReport(report(severity), {}, '2026-11-23')).toEqual({ kind: 'asked', faults });
  });

  it.each(['info', 'low', 'moderate'])('passes over a %s fault', (severity) => {
    expect(readAuditReport(report(severity), {}, '2026-11-23')).toEqual({ kind: 'asked', faults: [] });
  });

  it('passes over a fault that was accepted, until the day that was said', () => {
    const accepted = { 'left-pad': { reason: 'runs in tests only', until: '2026-12-01' } };
    expect(readAuditReport(report('high'), accepted, '2026-11-30')).toEqual({ kind: 'asked', faults: [] });
    expect(readAuditReport(report('high'), accepted, '2026-12-01')).toMatchObject({
      faults: ['left-pad <1.3.0: high'],
    });
  });

  it.each([
    [
      'a mirror without advisories',
      JSON.stringify({ message: '405 Method Not Allowed - POST https://host/path', statusCode: 405 }),
      '405 Method Not Allowed - POST the registry',
    ],
    [
      'no network',
      JSON.stringify({ message: 'request to https://host/path failed, reason: getaddrinfo' }),
      'request to the registry failed, reason: getaddrinfo',
    ],
    ['no output', '', 'npm printed no report'],
  ])('says that nothing was learned from %s', (_case, output, reason) => {
    expect(readAuditReport(output, {}, '2026-11-23')).toEqual({ kind: 'not-asked', reason });
  });
});
