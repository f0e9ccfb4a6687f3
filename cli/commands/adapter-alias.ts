import { defineCommand } from 'citty';
import { adapterArgument, readAdapterArgument } from '#cli/adapters/adapter-argument.ts';
import { aliasFlag } from '#cli/adapters/alias-flag.ts';
import { callApi } from '#cli/api-client/call-api.ts';
import { connectionFlags, findConnection } from '#cli/api-client/connection.ts';
import { commandIo } from '#cli/command-line/command-io.ts';
import { UsageError } from '#cli/command-line/usage-error.ts';
import { stateFolder } from '#cli/engine/state-folder.ts';
import { adapterAliasSchema, removedAliasSchema } from '#shared/protocol/adapter-response.ts';

/** `hintrank adapter alias NAME@VERSION --alias prod`: makes the alias, or moves it. */
export const adapterAliasCommand = defineCommand({
  meta: { name: 'adapter alias', description: 'Point an alias at a version, or take it away' },
  args: {
    ...adapterArgument,
    ...aliasFlag,
    remove: { type: 'boolean', description: 'Take the alias away instead; name the adapter without a version.' },
    ...connectionFlags,
  },
  async run(context) {
    const { args } = context;
    const io = commandIo(context);
    const { name, version } = readAdapterArgument(args.adapter);
    const path = `/v1/adapters/${name}/aliases/${encodeURIComponent(args.alias)}`;
    const { signal } = io;
    if ((args.remove === true) === (version !== undefined)) {
      throw new UsageError(`Name the version that the alias is to point at, ${name}@3, or --remove and no version.`);
    }
    const connection = await findConnection({ url: args.url, variables: process.env, stateFolder });
    if (version === undefined) {
      const { id } = await callApi(connection, { method: 'DELETE', path, schema: removedAliasSchema, signal });
      return io.print(`${id} is gone.\n`);
    }
    const alias = await callApi(connection, {
      method: 'PUT',
      path,
      body: { version },
      schema: adapterAliasSchema,
      signal,
    });
    const before = alias.previous_version === null ? '' : ` A roll back goes to ${alias.previous_version}.`;
    return io.print(`${alias.id} points at version ${alias.version}.${before}\n`);
  },
});
