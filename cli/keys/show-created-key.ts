import type { CommandIo } from '#cli/command-line/command-io.ts';
import type { CreatedKeyResponse } from '#shared/protocol/key-response.ts';

/** The key alone on standard output, so that a script can take it; what it is, on standard error. `json`: all of it on standard output. */
export async function showCreatedKey(created: CreatedKeyResponse, json: boolean, io: CommandIo): Promise<void> {
  if (json) return io.print(`${JSON.stringify(created, null, 2)}\n`);
  const { id, name, tenant, scopes, expires_at: expiresAt, key } = created;
  const end = expiresAt === null ? 'it never expires' : `it expires at ${expiresAt}`;
  io.stderr.write(`${id} (${name}) of ${tenant} for ${scopes.join(', ')}; ${end}. The key is shown this once:\n`);
  await io.print(`${key}\n`);
}
