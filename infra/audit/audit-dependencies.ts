import { execFile } from 'node:child_process';
import { type AcceptedFault, readAuditReport } from '#infra/audit/read-audit-report.ts';

/** `npm run audit`: status 1 when a package that is installed has a high or critical advisory. A registry that cannot be asked is said, and is no failure: it would make every build fail with it. */
const accepted: Readonly<Record<string, AcceptedFault>> = {};

const output = await new Promise<string>((resolve) => {
  execFile('npm', ['audit', '--json'], { maxBuffer: 64 * 2 ** 20 }, (_error, stdout) => resolve(stdout));
});
const outcome = readAuditReport(output, accepted, new Date().toISOString().slice(0, 10));
if (outcome.kind === 'not-asked') {
  process.stdout.write(`NOT CHECKED: no registry told of advisories (${outcome.reason}).\n`);
} else {
  process.stdout.write(`${[...outcome.faults, `${outcome.faults.length} severe advisories`].join('\n')}\n`);
  process.exitCode = outcome.faults.length > 0 ? 1 : 0;
}
