import { defineCommand } from 'citty';
import { adapterArgument, readAdapterArgument } from '#cli/adapters/adapter-argument.ts';
import { renderVersions } from '#cli/adapters/render-adapters.ts';
import { callApi } from '#cli/api-client/call-api.ts';
import { connectionFlags, findConnection } from '#cli/api-client/connection.ts';
import { commandIo } from '#cli/command-line/command-io.ts';
import { stateFolder } from '#cli/engine/state-folder.ts';
import { adapterVersionListSchema } from '#shared/protocol/adapter-response.ts';

/** `hintrank adapter describe NAME`: its versions; of `NAME@VERSION`, that one. */
export const adapterDescribeCommand = defineCommand({
  meta: { name: 'adapter describe', description: "Show an adapter's versions, what they are and what points at them" },
  args: {
    ...adapterArgument,
    json: { type: 'boolean', description: 'Print everything about them as JSON' },
    ...connectionFlags,
  },
  async run(context) {
    const { args } = context;
    const io = commandIo(context);
    const { name, version } = readAdapterArgument(args.adapter);
    const connection = await findConnection({ url: args.url, variables: process.env, stateFolder });
    const path = `/v1/adapters/${name}/versions`;
    const call = { method: 'GET', path, schema: adapterVersionListSchema, signal: io.signal } as const;
    const { data } = await callApi(connection, call);
    const wanted = data.filter((one) => version === undefined || one.version === version);
    if (wanted.length === 0) throw new Error(`${name} has no version ${version}.`);
    await io.print(args.json === true ? `${JSON.stringify(wanted, null, 2)}\n` : renderVersions(wanted));
  },
});
