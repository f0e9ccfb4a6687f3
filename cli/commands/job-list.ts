import { defineCommand } from 'citty';
import { callApi } from '#cli/api-client/call-api.ts';
import { connectionFlags, findConnection } from '#cli/api-client/connection.ts';
import { commandIo } from '#cli/command-line/command-io.ts';
import { parseInteger } from '#cli/command-line/parse-values.ts';
import { stateFolder } from '#cli/engine/state-folder.ts';
import { renderJob } from '#cli/training-jobs/render-job.ts';
import { limits } from '#shared/limits.ts';
import { trainingJobListSchema } from '#shared/protocol/training-job.ts';

/** `hintrank job list`: the tenant's training jobs, the newest first. */
export const jobListCommand = defineCommand({
  meta: { name: 'job list', description: "List the tenant's training jobs, the newest first" },
  args: {
    limit: { type: 'string', valueHint: 'N', default: '20', description: 'Jobs at most.' },
    json: { type: 'boolean', description: 'Print everything about them as JSON' },
    ...connectionFlags,
  },
  async run(context) {
    const { args } = context;
    const io = commandIo(context);
    const connection = await findConnection({ url: args.url, variables: process.env, stateFolder });
    const limit = parseInteger('limit', args.limit, 1, limits.listedTrainingMax);
    const path = `/v1/training-jobs?limit=${limit}`;
    const { data } = await callApi(connection, {
      method: 'GET',
      path,
      schema: trainingJobListSchema,
      signal: io.signal,
    });
    const text = data.length === 0 ? 'There are no training jobs.\n' : data.map(renderJob).join('\n');
    await io.print(args.json === true ? `${JSON.stringify(data, null, 2)}\n` : text);
  },
});
