import type { Hono } from 'hono';
import { receiveAdapter } from '#edge/adapters/uploads/receive-adapter.ts';
import type { AppEnvironment } from '#edge/app-context.ts';
import { readUploadHeaders } from '#edge/http/read-upload-headers.ts';
import { authenticateApiKey } from '#edge/middleware/authenticate-api-key.ts';
import { nameParameter, readAdapterName } from '#edge/routes/adapters/adapter-parameters.ts';
import { describeAdapterRoute } from '#edge/routes/adapters/describe-adapter-route.ts';
import { refuseBaseModel } from '#edge/routes/adapters/refuse-base-model.ts';
import { shapeVersion } from '#edge/routes/adapters/shape-adapter.ts';
import { limits } from '#shared/limits.ts';
import { type UploadedVersionResponse, uploadedVersionSchema } from '#shared/protocol/adapter-response.ts';

const describeUpload = () =>
  describeAdapterRoute({
    operationId: 'put_v1_adapters_name',
    summary: 'Upload an adapter',
    description:
      'The body is the adapter file (safetensors) itself. It is streamed to the store, checked by a worker against the base model, and only then becomes the newest version of its name; until then, and when anything fails, nothing is registered. The same bytes again make no second version. For large files, or where a proxy limits bodies, use an upload with URLs instead.',
    parameters: nameParameter,
    requestBody: {
      required: true,
      content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
    },
    answer: 'The version that it is now.',
    schema: uploadedVersionSchema,
    errors: [
      'upload_conflict',
      'too_many_adapters',
      'length_required',
      'payload_too_large',
      'unsupported_media_type',
      'invalid_adapter',
      'overloaded',
      'request_cancelled',
      'no_worker_available',
      'adapter_unavailable',
      'adapter_store_unavailable',
    ],
  });

const adapterUpload = {
  bytesMax: limits.adapterBytesMax,
  what: 'the adapter file',
  mediaType: 'application/octet-stream',
};

/** `PUT /v1/adapters/{name}`: a whole file in one request. */
export function addAdapterUploadRoute(app: Hono<AppEnvironment>): void {
  app.put('/v1/adapters/:name', describeUpload(), authenticateApiKey('adapters:write'), async (context) => {
    const { adapterManagement, environment } = context.var.dependencies;
    const name = refuseBaseModel(readAdapterName(context.req.param('name')), environment.baseModel);
    const { tenantId } = context.var.apiKey;
    const { raw } = context.req;
    const { requestId } = context.var;
    const upload = { ...readUploadHeaders(raw, adapterUpload), tenantId, name, requestId, signal: raw.signal };
    const { version, created } = await receiveAdapter(adapterManagement, upload);
    const response: UploadedVersionResponse = { ...shapeVersion(version, []), created };
    return context.json(response);
  });
}
