import { defineCommand } from 'citty';
import { callApi } from '#cli/api-client/call-api.ts';
import { connectionFlags, findConnection } from '#cli/api-client/connection.ts';
import { commandIo } from '#cli/command-line/command-io.ts';
import { parseInteger } from '#cli/command-line/parse-values.ts';
import { stateFolder } from '#cli/engine/state-folder.ts';
import { parseLife } from '#cli/keys/key-flags.ts';
import { keyIdArgument, requireKeyId } from '#cli/keys/key-id-argument.ts';
import { showCreatedKey } from '#cli/keys/show-created-key.ts';
import { limits } from '#shared/limits.ts';
import { createdKeyResponseSchema } from '#shared/protocol/key-response.ts';

const hourSeconds = 3_600;

/** `hintrank key rotate ID`: a successor with the same terms; the old key goes on for an overlap. */
export const keyRotateCommand = defineCommand({
  meta: { name: 'key rotate', description: 'Replace an API key; the old one goes on for a while' },
  args: {
    ...keyIdArgument,
    'overlap-hours': {
      type: 'string',
      valueHint: 'N',
      description: `Hours for which the old key goes on; 0: none. Without it: ${limits.keyOverlapSecondsDefault / hourSeconds}.`,
    },
    'expires-in-days': {
      type: 'string',
      valueHint: 'N',
      description: 'Days after which the new key stops working. Without it: as long as the old one was made for.',
    },
    ...connectionFlags,
    json: { type: 'boolean', description: 'Print everything about the new key as JSON' },
  },
  async run(context) {
    const { args } = context;
    const io = commandIo(context);
    const path = `/v1/keys/${encodeURIComponent(requireKeyId(args.id))}/rotate`;
    const expiresAtMs = parseLife(args['expires-in-days'], Date.now());
    const hours = args['overlap-hours'];
    const hoursMax = limits.keyOverlapSecondsMax / hourSeconds;
    const body = {
      ...(hours === undefined
        ? {}
        : { overlap_seconds: parseInteger('overlap-hours', hours, 0, hoursMax) * hourSeconds }),
      ...(expiresAtMs === undefined ? {} : { expires_at: new Date(expiresAtMs).toISOString() }),
    };
    const connection = await findConnection({ url: args.url, variables: process.env, stateFolder });
    const schema = createdKeyResponseSchema;
    const created = await callApi(connection, { method: 'POST', path, body, schema, signal: io.signal });
    await showCreatedKey(created, args.json === true, io);
  },
});
