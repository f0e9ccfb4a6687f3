import { defineCommand } from 'citty';
import { callApi } from '#cli/api-client/call-api.ts';
import { connectionFlags, findConnection } from '#cli/api-client/connection.ts';
import { commandIo } from '#cli/command-line/command-io.ts';
import { stateFolder } from '#cli/engine/state-folder.ts';
import { keyIdArgument, requireKeyId } from '#cli/keys/key-id-argument.ts';
import { keyResponseSchema } from '#shared/protocol/key-response.ts';

/** `hintrank key revoke ID`: refused everywhere within 60 seconds. */
export const keyRevokeCommand = defineCommand({
  meta: { name: 'key revoke', description: 'End an API key, for good and everywhere within 60 seconds' },
  args: { ...keyIdArgument, ...connectionFlags },
  async run(context) {
    const { args } = context;
    const io = commandIo(context);
    const path = `/v1/keys/${encodeURIComponent(requireKeyId(args.id))}`;
    const connection = await findConnection({ url: args.url, variables: process.env, stateFolder });
    const key = await callApi(connection, { method: 'DELETE', path, schema: keyResponseSchema, signal: io.signal });
    await io.print(`${key.id} (${key.name}) is revoked since ${key.revoked_at}; within 60 seconds nobody takes it.\n`);
  },
});
