import { defineCommand } from 'citty';
import { callApi } from '#cli/api-client/call-api.ts';
import { connectionFlags, findConnection } from '#cli/api-client/connection.ts';
import { commandIo } from '#cli/command-line/command-io.ts';
import { UsageError } from '#cli/command-line/usage-error.ts';
import { stateFolder } from '#cli/engine/state-folder.ts';
import { insertKey } from '#cli/keys/insert-key.ts';
import { keyTermFlags, parseKeyTerms } from '#cli/keys/key-flags.ts';
import { deploymentFlags, openKeyDatabase } from '#cli/keys/open-key-database.ts';
import { showCreatedKey } from '#cli/keys/show-created-key.ts';
import { createdKeyResponseSchema } from '#shared/protocol/key-response.ts';

/** `hintrank key create`: over the API with an admin key, or straight into a database, which needs none. */
export const keyCreateCommand = defineCommand({
  meta: { name: 'key create', description: 'Make an API key, and print it on standard output' },
  args: {
    ...keyTermFlags,
    ...connectionFlags,
    database: {
      type: 'string',
      valueHint: 'local|remote',
      description:
        "Write into the local stack's database, or with wrangler into the deployment's, instead of asking the API",
    },
    tenant: { type: 'string', valueHint: 'NAME', description: 'With --database: whose key it is' },
    ...deploymentFlags,
    json: { type: 'boolean', description: 'Print everything about the key as JSON' },
  },
  async run(context) {
    const { args } = context;
    const io = commandIo(context);
    const nowMs = Date.now();
    const terms = parseKeyTerms(args, nowMs);
    if (args.database === undefined) {
      if (args.tenant !== undefined) {
        throw new UsageError('--tenant needs --database: over the API a key belongs to the tenant of the admin key.');
      }
      const connection = await findConnection({ url: args.url, variables: process.env, stateFolder });
      const { expiresAtMs, requestsPerMinute, tokensPerDay } = terms;
      const body = {
        name: terms.name,
        scopes: terms.scopes,
        expires_at: expiresAtMs === undefined ? null : new Date(expiresAtMs).toISOString(),
        requests_per_minute: requestsPerMinute ?? null,
        tokens_per_day: tokensPerDay ?? null,
      };
      const schema = createdKeyResponseSchema;
      const created = await callApi(connection, { method: 'POST', path: '/v1/keys', body, schema, signal: io.signal });
      return showCreatedKey(created, args.json === true, io);
    }
    const tenantId = checkTenant(args.tenant);
    const database = await openKeyDatabase({ ...args, database: args.database }, io.signal);
    return showCreatedKey(await insertKey(database, tenantId, terms, nowMs), args.json === true, io);
  },
});

function checkTenant(tenant: string | undefined): string {
  if (tenant === undefined) throw new UsageError('--database needs --tenant: whose key it is.');
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(tenant)) return tenant;
  throw new UsageError(`--tenant must be 1 to 64 letters, digits, dots, dashes and underscores, not "${tenant}".`);
}
