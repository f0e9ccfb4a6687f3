import { callApi } from '#cli/api-client/call-api.ts';
import { adapterAliasSchema } from '#shared/protocol/adapter-response.ts';
import type { WalkStage } from '#test/walks/training/walk-stage.ts';

/** Points an alias at a version. */
export async function pointAlias(stage: WalkStage, alias: string, version: number): Promise<void> {
  const body = { version };
  stage.say(`\nPUT ${alias} ${JSON.stringify(body)}`);
  await send(stage, 'PUT', alias, body);
}

/** Takes an alias back to the version before; that version's number. */
export async function rollBack(stage: WalkStage, alias: string): Promise<number> {
  stage.say(`\nPOST ${alias}/rollback`);
  return send(stage, 'POST', `${alias}/rollback`, {});
}

async function send(
  { connection, signal, say }: WalkStage,
  method: 'PUT' | 'POST',
  path: string,
  body: object,
): Promise<number> {
  const { id, version } = await callApi(connection, { method, path, body, schema: adapterAliasSchema, signal });
  say(`  ${id} points at version ${version}`);
  return version;
}
