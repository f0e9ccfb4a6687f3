import type { FakeObjectStore } from '#edge/testing/fake-object-store.ts';
import type { AdapterDetails } from '#shared/protocol/adapter-details.ts';
import { type AdapterValidationResponse, adapterValidationRequestSchema } from '#shared/protocol/adapter-validation.ts';
import { digestBody } from '#shared/signed-calls/digest-body.ts';

const details: AdapterDetails = {
  method: 'retrieve',
  template: 'clean-1',
  k: 10,
  heads: 2,
  filters: 'd',
  hidden_size: 576,
  changed_rows: 3,
  soft_prompt_tokens: 0,
  model_fingerprint: 'a'.repeat(64),
  tokenizer_fingerprint: null,
  calibrated: false,
};

/** A fake worker's answer to `POST /v1/adapters/validate`: as the real one's, but any bytes are an adapter unless they begin with `bad`. */
export async function checkFakeAdapter(objects: FakeObjectStore, body: string): Promise<Response> {
  const request = adapterValidationRequestSchema.parse(JSON.parse(body));
  const file = objects.objects.get(request.object_key);
  if (file === undefined) return refuse(404, 'adapter_not_found', 'There is no such file.');
  if (file.length !== request.bytes || (await digestBody(file)) !== request.digest) {
    return refuse(422, 'invalid_adapter', `The file of adapter "${request.name}" has other bytes.`);
  }
  if (new TextDecoder().decode(file).startsWith('bad')) {
    return refuse(422, 'invalid_adapter', 'adapter: tensor "x" holds NaN at index 0; every value must be finite');
  }
  const response: AdapterValidationResponse = { etag: `"${request.digest}"`, details };
  return Response.json(response);
}

function refuse(status: number, code: string, message: string): Response {
  return Response.json({ error: { code, message, request_id: 'r' } }, { status });
}
