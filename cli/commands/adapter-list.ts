import { defineCommand } from 'citty';
import { renderAdapters } from '#cli/adapters/render-adapters.ts';
import { callApi } from '#cli/api-client/call-api.ts';
import { connectionFlags, findConnection } from '#cli/api-client/connection.ts';
import { commandIo } from '#cli/command-line/command-io.ts';
import { stateFolder } from '#cli/engine/state-folder.ts';
import { adapterListSchema } from '#shared/protocol/adapter-response.ts';

/** `hintrank adapter list`: the tenant's adapters with their aliases. */
export const adapterListCommand = defineCommand({
  meta: { name: 'adapter list', description: "List the tenant's adapters, with their versions and aliases" },
  args: { json: { type: 'boolean', description: 'Print everything about them as JSON' }, ...connectionFlags },
  async run(context) {
    const { args } = context;
    const io = commandIo(context);
    const connection = await findConnection({ url: args.url, variables: process.env, stateFolder });
    const call = { method: 'GET', path: '/v1/adapters', schema: adapterListSchema, signal: io.signal } as const;
    const { data } = await callApi(connection, call);
    await io.print(args.json === true ? `${JSON.stringify(data, null, 2)}\n` : renderAdapters(data));
  },
});
