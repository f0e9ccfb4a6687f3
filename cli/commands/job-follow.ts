import { defineCommand } from 'citty';
import { connectionFlags, findConnection } from '#cli/api-client/connection.ts';
import { commandIo } from '#cli/command-line/command-io.ts';
import { stateFolder } from '#cli/engine/state-folder.ts';
import { jobIdArgument, readJobId } from '#cli/training-jobs/job-id-argument.ts';
import { renderJob } from '#cli/training-jobs/render-job.ts';
import { watchJob } from '#cli/training-jobs/watch-job.ts';

/** `hintrank job follow ID`: as `train --remote` shows it. */
export const jobFollowCommand = defineCommand({
  meta: { name: 'job follow', description: 'Follow a training job until it has ended' },
  args: {
    ...jobIdArgument,
    json: { type: 'boolean', description: 'Print what came of it as JSON' },
    ...connectionFlags,
  },
  async run(context) {
    const { args } = context;
    const io = commandIo(context);
    const id = readJobId(args.id);
    const connection = await findConnection({ url: args.url, variables: process.env, stateFolder });
    const job = await watchJob(connection, id, io);
    if (job !== undefined) await io.print(args.json === true ? `${JSON.stringify(job, null, 2)}\n` : renderJob(job));
  },
});
