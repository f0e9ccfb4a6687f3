import type { Hono } from 'hono';
import { deleteAdapter } from '#edge/adapters/delete-adapter.ts';
import type { AppEnvironment } from '#edge/app-context.ts';
import { authenticateApiKey } from '#edge/middleware/authenticate-api-key.ts';
import {
  nameParameter,
  readAdapterName,
  readVersionNumber,
  versionParameter,
} from '#edge/routes/adapters/adapter-parameters.ts';
import { describeAdapterRoute } from '#edge/routes/adapters/describe-adapter-route.ts';
import { type AdapterDeletionResponse, adapterDeletionSchema } from '#shared/protocol/adapter-response.ts';

const describeDeletion = () =>
  describeAdapterRoute({
    operationId: 'delete_v1_adapters_name',
    summary: 'Delete an adapter',
    description: 'Deletes every version of the adapter. Refused while an alias points at one of them.',
    parameters: nameParameter,
    answer: 'What is gone.',
    schema: adapterDeletionSchema,
    errors: ['adapter_not_found', 'adapter_in_use', 'adapter_unavailable', 'adapter_store_unavailable'],
  });

const describeVersionDeletion = () =>
  describeAdapterRoute({
    operationId: 'delete_v1_adapters_name_versions_version',
    summary: "Delete an adapter's version",
    description: 'Deletes one version. Refused while an alias points at it. Its number is not used again.',
    parameters: [...nameParameter, ...versionParameter],
    answer: 'What is gone.',
    schema: adapterDeletionSchema,
    errors: ['adapter_not_found', 'adapter_in_use', 'adapter_unavailable', 'adapter_store_unavailable'],
  });

/** `DELETE /v1/adapters/{name}`, and of one version. */
export function addAdapterDeletionRoutes(app: Hono<AppEnvironment>): void {
  const mayWrite = authenticateApiKey('adapters:write');

  app.delete('/v1/adapters/:name', describeDeletion(), mayWrite, async (context) => {
    const name = readAdapterName(context.req.param('name'));
    const { tenantId } = context.var.apiKey;
    const deleted = await deleteAdapter(context.var.dependencies, { tenantId, name, version: undefined });
    const response: AdapterDeletionResponse = { object: 'adapter_deletion', name, deleted_versions: deleted };
    return context.json(response);
  });

  app.delete('/v1/adapters/:name/versions/:version', describeVersionDeletion(), mayWrite, async (context) => {
    const name = readAdapterName(context.req.param('name'));
    const version = readVersionNumber(context.req.param('version'));
    const { tenantId } = context.var.apiKey;
    const deleted = await deleteAdapter(context.var.dependencies, { tenantId, name, version });
    const response: AdapterDeletionResponse = { object: 'adapter_deletion', name, deleted_versions: deleted };
    return context.json(response);
  });
}
