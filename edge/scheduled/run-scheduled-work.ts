import type { AdapterManagement } from '#edge/adapters/adapter-management.ts';
import { sweepUploads } from '#edge/adapters/uploads/sweep-uploads.ts';

/** Uploads swept in one run: each takes a few calls, of which one run of a Worker may make a thousand. */
const sweptUploadsMax = 200;

/** What the cron trigger of wrangler.toml runs. Throws when the database does not answer; the next run finds the same work. */
export async function runScheduledWork(management: AdapterManagement): Promise<void> {
  const uploads = await sweepUploads(management, sweptUploadsMax);
  if (uploads > 0) management.log({ level: 'info', event: 'swept', uploads });
}
