import { defineCommand } from 'citty';
import { callApi } from '#cli/api-client/call-api.ts';
import { type Connection, connectionFlags, findConnection } from '#cli/api-client/connection.ts';
import { commandIo } from '#cli/command-line/command-io.ts';
import { stateFolder } from '#cli/engine/state-folder.ts';
import { renderKeys } from '#cli/keys/render-keys.ts';
import { type KeyResponse, keyListResponseSchema } from '#shared/protocol/key-response.ts';

/** `hintrank key list`: the keys of the admin key's tenant, newest first; never the keys themselves. */
export const keyListCommand = defineCommand({
  meta: { name: 'key list', description: "List the tenant's API keys, revoked and expired ones too" },
  args: { ...connectionFlags, json: { type: 'boolean', description: 'Print everything about them as JSON' } },
  async run(context) {
    const { args } = context;
    const io = commandIo(context);
    const connection = await findConnection({ url: args.url, variables: process.env, stateFolder });
    const keys = await listKeys(connection, io.signal);
    await io.print(args.json === true ? `${JSON.stringify(keys, null, 2)}\n` : renderKeys(keys));
  },
});

async function listKeys(connection: Connection, signal: AbortSignal): Promise<KeyResponse[]> {
  const keys: KeyResponse[] = [];
  for (;;) {
    const last = keys.at(-1)?.id;
    const path = last === undefined ? '/v1/keys' : `/v1/keys?after=${encodeURIComponent(last)}`;
    const page = await callApi(connection, { method: 'GET', path, schema: keyListResponseSchema, signal });
    keys.push(...page.data);
    if (!page.has_more || page.data.length === 0) return keys;
  }
}
