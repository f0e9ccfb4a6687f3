import { defineCommand } from 'citty';
import { callApi } from '#cli/api-client/call-api.ts';
import { connectionFlags, findConnection } from '#cli/api-client/connection.ts';
import { commandIo } from '#cli/command-line/command-io.ts';
import { stateFolder } from '#cli/engine/state-folder.ts';
import { jobIdArgument, readJobId } from '#cli/training-jobs/job-id-argument.ts';
import { renderJob } from '#cli/training-jobs/render-job.ts';
import { trainingJobSchema } from '#shared/protocol/training-job.ts';

/** `hintrank job cancel ID`. */
export const jobCancelCommand = defineCommand({
  meta: { name: 'job cancel', description: 'Cancel a training job; one that runs stops with its next heartbeat' },
  args: { ...jobIdArgument, ...connectionFlags },
  async run(context) {
    const { args } = context;
    const io = commandIo(context);
    const id = readJobId(args.id);
    const connection = await findConnection({ url: args.url, variables: process.env, stateFolder });
    const path = `/v1/training-jobs/${encodeURIComponent(id)}/cancel`;
    const job = await callApi(connection, { method: 'POST', path, schema: trainingJobSchema, signal: io.signal });
    await io.print(renderJob(job));
  },
});
