import type { Context, Hono } from 'hono';
import { resolver } from 'hono-openapi';
import { type BegunUpload, beginUpload } from '#edge/adapters/uploads/begin-upload.ts';
import { abortUpload, completeUpload } from '#edge/adapters/uploads/complete-upload.ts';
import type { AppEnvironment } from '#edge/app-context.ts';
import { parseInput } from '#edge/http/parse-input.ts';
import { readJsonObject } from '#edge/http/read-json-object.ts';
import { authenticateApiKey } from '#edge/middleware/authenticate-api-key.ts';
import { limitBodySize } from '#edge/middleware/limit-body-size.ts';
import { nameParameter, readAdapterName, uploadParameter } from '#edge/routes/adapters/adapter-parameters.ts';
import { describeAdapterRoute } from '#edge/routes/adapters/describe-adapter-route.ts';
import { refuseBaseModel } from '#edge/routes/adapters/refuse-base-model.ts';
import { shapeVersion } from '#edge/routes/adapters/shape-adapter.ts';
import type { ErrorCode } from '#shared/errors/error-catalogue.ts';
import { limits } from '#shared/limits.ts';
import { beginUploadSchema, completeUploadSchema } from '#shared/protocol/adapter-request.ts';
import { type UploadedVersionResponse, uploadedVersionSchema } from '#shared/protocol/adapter-response.ts';
import {
  type AbortedUploadResponse,
  type AdapterUploadResponse,
  abortedUploadSchema,
  adapterUploadSchema,
} from '#shared/protocol/adapter-upload-response.ts';

const bodyErrors: ErrorCode[] = ['invalid_json', 'payload_too_large', 'unsupported_media_type'];
const uploadErrors: ErrorCode[] = ['upload_not_found', 'upload_conflict', 'adapter_store_unavailable'];

const describeBeginning = () =>
  describeAdapterRoute({
    operationId: 'post_v1_adapters_name_uploads',
    summary: 'Begin an upload',
    description:
      'Answers with URLs to which the file is PUT, whole or in parts, straight to the store. Each URL is bound to the length and the SHA-256 of what it takes. Then complete the upload; what is not completed within the hour is deleted.',
    parameters: nameParameter,
    requestBody: { required: true, content: { 'application/json': { schema: resolver(beginUploadSchema) } } },
    status: 201,
    answer: 'The upload and its URLs.',
    schema: adapterUploadSchema,
    errors: [...bodyErrors, 'too_many_adapters', 'adapter_store_unavailable'],
  });

const describeCompletion = () =>
  describeAdapterRoute({
    operationId: 'post_v1_adapters_name_uploads_upload_complete',
    summary: 'Complete an upload',
    description:
      'Has the file checked by a worker and makes it the newest version of its name. May be repeated: a complete upload answers with the same version.',
    parameters: [...nameParameter, ...uploadParameter],
    requestBody: { required: true, content: { 'application/json': { schema: resolver(completeUploadSchema) } } },
    answer: 'The version that it is now.',
    schema: uploadedVersionSchema,
    errors: [
      ...bodyErrors,
      ...uploadErrors,
      'adapter_not_found',
      'too_many_adapters',
      'invalid_adapter',
      'overloaded',
      'no_worker_available',
      'adapter_unavailable',
    ],
  });

const describeAbortion = () =>
  describeAdapterRoute({
    operationId: 'delete_v1_adapters_name_uploads_upload',
    summary: 'Abort an upload',
    description: 'Deletes what was sent. A version that the upload has become stays.',
    parameters: [...nameParameter, ...uploadParameter],
    answer: 'What is gone.',
    schema: abortedUploadSchema,
    errors: uploadErrors,
  });

/** `POST /v1/adapters/{name}/uploads`, its completion and its abort. */
export function addUploadRoutes(app: Hono<AppEnvironment>): void {
  const path = '/v1/adapters/:name/uploads';
  const mayWrite = authenticateApiKey('adapters:write');
  const limited = limitBodySize(limits.adapterBodyBytesMax);

  app.post(path, describeBeginning(), mayWrite, limited, async (context) => {
    const { adapterManagement, environment } = context.var.dependencies;
    const request = parseInput(beginUploadSchema, await readJsonObject(context.req.raw));
    const { bytes, sha256: digest, part_sha256: partDigests } = request;
    const name = refuseBaseModel(readAdapterName(context.req.param('name')), environment.baseModel);
    const { tenantId } = context.var.apiKey;
    const begun = await beginUpload(adapterManagement, { tenantId, name, bytes, digest, partDigests });
    return context.json(shapeUpload(begun), 201);
  });

  app.post(`${path}/:upload/complete`, describeCompletion(), mayWrite, limited, async (context) => {
    const { etags } = parseInput(completeUploadSchema, await readJsonObject(context.req.raw));
    const { dependencies, requestId } = context.var;
    const { version, created } = await completeUpload(dependencies, { ...readNamed(context), etags, requestId });
    const response: UploadedVersionResponse = { ...shapeVersion(version, []), created };
    return context.json(response);
  });

  app.delete(`${path}/:upload`, describeAbortion(), mayWrite, async (context) => {
    const named = readNamed(context);
    await abortUpload(context.var.dependencies.adapterManagement, named);
    const response: AbortedUploadResponse = { object: 'aborted_adapter_upload', id: named.id };
    return context.json(response);
  });
}

function readNamed(context: Context<AppEnvironment>) {
  return {
    tenantId: context.var.apiKey.tenantId,
    name: readAdapterName(context.req.param('name') ?? ''),
    id: context.req.param('upload') ?? '',
  };
}

function shapeUpload({ upload, parts }: BegunUpload): AdapterUploadResponse {
  return {
    object: 'adapter_upload',
    id: upload.id,
    name: upload.name,
    expires_at: new Date(upload.expiresAtMs).toISOString(),
    parts: parts.map(({ number, bytes, url, headers }) => ({ number, bytes, url, headers })),
  };
}
