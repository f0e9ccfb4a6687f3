import type { AdapterManagement } from '#edge/adapters/adapter-management.ts';
import { sweepFiles } from '#edge/adapters/sweep-files.ts';
import { sweepUploads } from '#edge/adapters/uploads/sweep-uploads.ts';

/** Uploads and files swept in one run: each takes a few calls, of which one run of a Worker may make a thousand. */
const sweptMax = 100;

/** What the cron trigger of wrangler.toml runs. Throws when the database or the store does not answer; the next run finds the same work. */
export async function runScheduledWork(management: AdapterManagement): Promise<void> {
  const uploads = await sweepUploads(management, sweptMax);
  const files = await sweepFiles(management, sweptMax);
  if (uploads + files > 0) management.log({ level: 'info', event: 'swept', uploads, files });
}
