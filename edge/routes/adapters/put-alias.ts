import type { Context, Hono } from 'hono';
import { resolver } from 'hono-openapi';
import { dropAlias, goBack, pointAlias } from '#edge/adapters/point-alias.ts';
import type { AppEnvironment } from '#edge/app-context.ts';
import { parseInput } from '#edge/http/parse-input.ts';
import { readJsonObject } from '#edge/http/read-json-object.ts';
import { authenticateApiKey } from '#edge/middleware/authenticate-api-key.ts';
import { limitBodySize } from '#edge/middleware/limit-body-size.ts';
import {
  aliasParameter,
  nameParameter,
  readAdapterName,
  readAliasName,
} from '#edge/routes/adapters/adapter-parameters.ts';
import { describeAdapterRoute } from '#edge/routes/adapters/describe-adapter-route.ts';
import { shapeAlias } from '#edge/routes/adapters/shape-adapter.ts';
import type { ErrorCode } from '#shared/errors/error-catalogue.ts';
import { limits } from '#shared/limits.ts';
import { moveAliasSchema, rollBackAliasSchema } from '#shared/protocol/adapter-request.ts';
import {
  adapterAliasSchema,
  type RemovedAliasResponse,
  removedAliasSchema,
} from '#shared/protocol/adapter-response.ts';

const parameters = [...nameParameter, ...aliasParameter];
const bodyErrors: ErrorCode[] = ['invalid_json', 'payload_too_large', 'unsupported_media_type'];
const storeErrors: ErrorCode[] = ['adapter_not_found', 'adapter_unavailable', 'adapter_store_unavailable'];

const describeMove = () =>
  describeAdapterRoute({
    operationId: 'put_v1_adapters_name_aliases_alias',
    summary: 'Point an alias at a version',
    description:
      'Makes the alias, or moves it. Requests that name `name@alias` score with that version from now on; within a few seconds everywhere.',
    parameters,
    requestBody: { required: true, content: { 'application/json': { schema: resolver(moveAliasSchema) } } },
    answer: 'Where the alias points now.',
    schema: adapterAliasSchema,
    errors: [...bodyErrors, ...storeErrors],
  });

const describeRollBack = () =>
  describeAdapterRoute({
    operationId: 'post_v1_adapters_name_aliases_alias_rollback',
    summary: 'Roll an alias back',
    description: 'Points the alias at the version that it pointed at before; called again, at the one before that.',
    parameters,
    requestBody: { required: true, content: { 'application/json': { schema: resolver(rollBackAliasSchema) } } },
    answer: 'Where the alias points now.',
    schema: adapterAliasSchema,
    errors: [...bodyErrors, ...storeErrors, 'no_previous_version', 'alias_moved'],
  });

const describeRemoval = () =>
  describeAdapterRoute({
    operationId: 'delete_v1_adapters_name_aliases_alias',
    summary: 'Remove an alias',
    description: 'Takes the alias away, with the memory of where it pointed. The versions stay.',
    parameters,
    answer: 'What is gone.',
    schema: removedAliasSchema,
    errors: storeErrors,
  });

/** `PUT`, `DELETE /v1/adapters/{name}/aliases/{alias}` and its roll back. */
export function addAliasRoutes(app: Hono<AppEnvironment>): void {
  const path = '/v1/adapters/:name/aliases/:alias';
  const mayWrite = authenticateApiKey('adapters:write');
  const limited = limitBodySize(limits.adapterBodyBytesMax);

  app.put(path, describeMove(), mayWrite, limited, async (context) => {
    const { version } = parseInput(moveAliasSchema, await readJsonObject(context.req.raw));
    return context.json(shapeAlias(await pointAlias(context.var.dependencies, readNamed(context), version)));
  });

  app.post(`${path}/rollback`, describeRollBack(), mayWrite, limited, async (context) => {
    const { from } = parseInput(rollBackAliasSchema, await readJsonObject(context.req.raw));
    return context.json(shapeAlias(await goBack(context.var.dependencies, readNamed(context), from)));
  });

  app.delete(path, describeRemoval(), mayWrite, async (context) => {
    const { tenantId, name, alias } = readNamed(context);
    await dropAlias(context.var.dependencies, { tenantId, name, alias });
    const response: RemovedAliasResponse = { object: 'removed_adapter_alias', id: `${name}@${alias}` };
    return context.json(response);
  });
}

function readNamed(context: Context<AppEnvironment>) {
  return {
    tenantId: context.var.apiKey.tenantId,
    name: readAdapterName(context.req.param('name') ?? ''),
    alias: readAliasName(context.req.param('alias') ?? ''),
  };
}
