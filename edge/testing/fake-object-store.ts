import type { ObjectStoreSettings } from '#edge/object-store/object-store-settings.ts';

export const testObjectStore: ObjectStoreSettings = {
  endpoint: 'https://s3.test/base',
  bucket: 'adapters',
  region: 'auto',
  pathStyle: true,
  accessKeyId: 'test-access-key',
  secretAccessKey: 'test-secret-access-key',
};

/** What the fake does instead of answering; undefined: it answers. */
export type ObjectStoreFault = (request: Request, key: string) => Promise<Response> | undefined;

/**
 * An S3 bucket in memory, for faults that a real one shows only by chance (the real ones are in test/system). It knows objects, conditions on them,
 * copies and multipart uploads, and looks at no signature. An object's ETag is the SHA-256 of its bytes.
 */
export class FakeObjectStore {
  readonly objects = new Map<string, Uint8Array>();
  /** Parts by upload id. */
  readonly uploads = new Map<string, Map<string, Uint8Array>>();
  fault: ObjectStoreFault = () => undefined;

  readonly fetch = async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    const key = decodeURIComponent(url.pathname.replace('/base/adapters/', ''));
    return (await this.fault(request, key)) ?? this.#answer(request, key, url.searchParams);
  };

  async #answer(request: Request, key: string, query: URLSearchParams): Promise<Response> {
    const uploadId = query.get('uploadId');
    if (query.has('uploads')) return this.#start();
    if (uploadId !== null) return this.#continue(request, key, uploadId, query.get('partNumber') ?? '');
    const object = this.objects.get(key);
    switch (request.method) {
      case 'PUT':
        if (object !== undefined && request.headers.get('if-none-match') === '*')
          return fault(412, 'PreconditionFailed');
        return this.#put(request, key);
      case 'HEAD':
        if (object === undefined) return new Response(null, { status: 404 });
        return new Response(null, { headers: { 'content-length': String(object.length), etag: await tagOf(object) } });
      case 'GET':
        if (query.has('list-type')) return this.#list(query.get('prefix') ?? '');
        return object === undefined ? fault(404, 'NoSuchKey') : readObject(object, request.headers.get('range'));
      default:
        this.objects.delete(key);
        return new Response(null, { status: 204 });
    }
  }

  #list(prefix: string): Response {
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix));
    const listed = keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('');
    return new Response(`<ListBucketResult><Prefix>${prefix}</Prefix>${listed}</ListBucketResult>`);
  }

  async #put(request: Request, key: string): Promise<Response> {
    const source = request.headers.get('x-amz-copy-source');
    const bytes = source === null ? await readWhole(request) : this.objects.get(source.replace(/^\/adapters\//, ''));
    if (bytes === undefined) return fault(404, 'NoSuchKey');
    const tag = await tagOf(bytes);
    const wanted = request.headers.get('x-amz-copy-source-if-match');
    if (wanted !== null && wanted !== tag) return fault(412, 'PreconditionFailed');
    this.objects.set(key, bytes);
    return new Response(source === null ? null : '<CopyObjectResult></CopyObjectResult>', { headers: { etag: tag } });
  }

  #start(): Response {
    const id = crypto.randomUUID();
    this.uploads.set(id, new Map());
    return new Response(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
  }

  async #continue(request: Request, key: string, uploadId: string, partNumber: string): Promise<Response> {
    const parts = this.uploads.get(uploadId);
    if (parts === undefined) return fault(404, 'NoSuchUpload');
    if (request.method === 'DELETE') {
      this.uploads.delete(uploadId);
      return new Response(null, { status: 204 });
    }
    if (request.method === 'PUT') {
      const bytes = await readWhole(request);
      parts.set(partNumber, bytes);
      return new Response(null, { headers: { etag: await tagOf(bytes) } });
    }
    const listed = [...(await request.text()).matchAll(/<ETag>([^<]*)<\/ETag><PartNumber>(\d+)</g)];
    const chosen = listed.map(([, , number]) => parts.get(number ?? ''));
    const tags = await Promise.all(chosen.map((bytes) => (bytes === undefined ? '' : tagOf(bytes))));
    if (listed.some(([, etag], index) => etag?.replaceAll('&quot;', '"') !== tags[index])) {
      return fault(400, 'InvalidPart');
    }
    this.objects.set(key, new Uint8Array(await new Blob(chosen.filter((one) => one !== undefined)).arrayBuffer()));
    this.uploads.delete(uploadId);
    return new Response('<CompleteMultipartUploadResult></CompleteMultipartUploadResult>');
  }
}

function readObject(object: Uint8Array, range: string | null): Response {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  if (from === undefined) return new Response(object.slice());
  if (Number(from) >= object.length) return fault(416, 'InvalidRange');
  return new Response(object.slice(Number(from), Number(to) + 1), { status: 206 });
}

async function readWhole(request: Request): Promise<Uint8Array> {
  return new Uint8Array(await request.arrayBuffer());
}

async function tagOf(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return `"${Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')}"`;
}

function fault(status: number, code: string): Response {
  return new Response(`<Error><Code>${code}</Code></Error>`, { status });
}
