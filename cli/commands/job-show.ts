import { defineCommand } from 'citty';
import { connectionFlags, findConnection } from '#cli/api-client/connection.ts';
import { commandIo } from '#cli/command-line/command-io.ts';
import { stateFolder } from '#cli/engine/state-folder.ts';
import { showJob } from '#cli/training-jobs/follow-job.ts';
import { jobIdArgument, readJobId } from '#cli/training-jobs/job-id-argument.ts';
import { renderJob } from '#cli/training-jobs/render-job.ts';

/** `hintrank job show ID`. */
export const jobShowCommand = defineCommand({
  meta: { name: 'job show', description: 'Show a training job: where it stands, or what came of it' },
  args: {
    ...jobIdArgument,
    json: { type: 'boolean', description: 'Print everything about it as JSON' },
    ...connectionFlags,
  },
  async run(context) {
    const { args } = context;
    const io = commandIo(context);
    const id = readJobId(args.id);
    const connection = await findConnection({ url: args.url, variables: process.env, stateFolder });
    const job = await showJob(connection, id, io.signal);
    await io.print(args.json === true ? `${JSON.stringify(job, null, 2)}\n` : renderJob(job));
  },
});
