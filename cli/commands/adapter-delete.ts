import { defineCommand } from 'citty';
import { adapterArgument, readAdapterArgument } from '#cli/adapters/adapter-argument.ts';
import { callApi } from '#cli/api-client/call-api.ts';
import { connectionFlags, findConnection } from '#cli/api-client/connection.ts';
import { commandIo } from '#cli/command-line/command-io.ts';
import { UsageError } from '#cli/command-line/usage-error.ts';
import { stateFolder } from '#cli/engine/state-folder.ts';
import { adapterDeletionSchema } from '#shared/protocol/adapter-response.ts';

/** `hintrank adapter delete NAME@VERSION`: refused while an alias points there. */
export const adapterDeleteCommand = defineCommand({
  meta: { name: 'adapter delete', description: 'Delete a version of an adapter, or all of them' },
  args: {
    ...adapterArgument,
    all: { type: 'boolean', description: 'Delete every version; name the adapter without one.' },
    ...connectionFlags,
  },
  async run(context) {
    const { args } = context;
    const io = commandIo(context);
    const { name, version } = readAdapterArgument(args.adapter);
    if ((args.all === true) === (version !== undefined)) {
      throw new UsageError(`Name the version, ${name}@3, or --all and no version.`);
    }
    const connection = await findConnection({ url: args.url, variables: process.env, stateFolder });
    const path = version === undefined ? `/v1/adapters/${name}` : `/v1/adapters/${name}/versions/${version}`;
    const call = { method: 'DELETE', path, schema: adapterDeletionSchema, signal: io.signal } as const;
    const { deleted_versions: deleted } = await callApi(connection, call);
    await io.print(`${name}: version${deleted.length === 1 ? '' : 's'} ${deleted.join(', ')} deleted.\n`);
  },
});
