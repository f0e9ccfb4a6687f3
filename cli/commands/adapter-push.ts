import { defineCommand } from 'citty';
import { readAdapterName } from '#cli/adapters/adapter-argument.ts';
import { pushAdapter } from '#cli/adapters/push-adapter.ts';
import { callApi } from '#cli/api-client/call-api.ts';
import { connectionFlags, findConnection } from '#cli/api-client/connection.ts';
import { commandIo } from '#cli/command-line/command-io.ts';
import { UsageError } from '#cli/command-line/usage-error.ts';
import { adapterConfigOf } from '#cli/engine/adapter-config-of.ts';
import { readAdapterFile } from '#cli/engine/open-engine.ts';
import { stateFolder } from '#cli/engine/state-folder.ts';
import { createProgressBar } from '#cli/output/progress-bar.ts';
import { adapterAliasSchema } from '#shared/protocol/adapter-response.ts';

/** Bytes over which a file goes to the store itself: proxies in front of an API take no larger bodies. */
const throughApiBytesMax = 100_000_000;

const kilobyte = 1_000;

/** `hintrank adapter push FILE --name NAME`: checked here, uploaded, checked there, and a version. */
export const adapterPushCommand = defineCommand({
  meta: { name: 'adapter push', description: 'Upload an adapter file as the newest version of a name' },
  args: {
    file: { type: 'positional', required: false, valueHint: 'FILE', description: 'The adapter file (safetensors)' },
    name: { type: 'string', required: true, valueHint: 'NAME', description: 'Name of the adapter.' },
    alias: { type: 'string', valueHint: 'ALIAS', description: 'Point this alias at the new version, such as canary.' },
    direct: {
      type: 'boolean',
      description: 'Send it straight to the store, in parts, as files over 100 MB always are.',
    },
    json: { type: 'boolean', description: 'Print the version as JSON' },
    ...connectionFlags,
  },
  async run(context) {
    const { args } = context;
    const io = commandIo(context);
    if (args.file === undefined || args.file === '') throw new UsageError('Name the adapter file.');
    const name = readAdapterName(args.name);
    const adapter = await readAdapterFile(args.file);
    adapterConfigOf(adapter);
    const connection = await findConnection({ url: args.url, variables: process.env, stateFolder });
    const bar = createProgressBar(io, 'uploading, kB', true);
    const { length } = adapter.bytes;
    const version = await pushAdapter(connection, {
      name,
      file: adapter.bytes,
      direct: args.direct === true || length > throughApiBytesMax,
      onSent: (sent) => bar.update(Math.floor(sent / kilobyte), Math.ceil(length / kilobyte)),
      signal: io.signal,
    }).finally(() => bar.stop());
    if (args.alias !== undefined) {
      await callApi(connection, {
        method: 'PUT',
        path: `/v1/adapters/${name}/aliases/${encodeURIComponent(args.alias)}`,
        body: { version: version.version },
        schema: adapterAliasSchema,
        signal: io.signal,
      });
    }
    const aliases = args.alias === undefined ? '' : ` ${name}@${args.alias} points at it.`;
    const news = version.created ? 'is there now' : 'was of these bytes already';
    const text = `${version.id} ${news} (SHA-256 ${version.digest}).${aliases}\n`;
    await io.print(args.json === true ? `${JSON.stringify(version, null, 2)}\n` : text);
  },
});
