import { defineCommand } from 'citty';
import { adapterArgument, readAdapterName } from '#cli/adapters/adapter-argument.ts';
import { aliasFlag } from '#cli/adapters/alias-flag.ts';
import { callApi } from '#cli/api-client/call-api.ts';
import { connectionFlags, findConnection } from '#cli/api-client/connection.ts';
import { commandIo } from '#cli/command-line/command-io.ts';
import { parseInteger } from '#cli/command-line/parse-values.ts';
import { stateFolder } from '#cli/engine/state-folder.ts';
import { adapterAliasSchema } from '#shared/protocol/adapter-response.ts';

/** `hintrank adapter rollback NAME --alias prod`: back to the version before. */
export const adapterRollbackCommand = defineCommand({
  meta: { name: 'adapter rollback', description: 'Point an alias back at the version that it pointed at before' },
  args: {
    ...adapterArgument,
    ...aliasFlag,
    from: {
      type: 'string',
      valueHint: 'VERSION',
      description: 'Only if it points at this version, so that a repeated command does not go back twice.',
    },
    ...connectionFlags,
  },
  async run(context) {
    const { args } = context;
    const io = commandIo(context);
    const name = readAdapterName(args.adapter);
    const body = args.from === undefined ? {} : { from: parseInteger('from', args.from, 1, 999_999_999) };
    const connection = await findConnection({ url: args.url, variables: process.env, stateFolder });
    const path = `/v1/adapters/${name}/aliases/${encodeURIComponent(args.alias)}/rollback`;
    const call = { method: 'POST', path, body, schema: adapterAliasSchema, signal: io.signal } as const;
    const alias = await callApi(connection, call);
    await io.print(`${alias.id} points at version ${alias.version} again.\n`);
  },
});
