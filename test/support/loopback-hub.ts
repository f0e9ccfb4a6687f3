import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LoopbackServer, startLoopbackServer } from '#test/support/loopback-server.ts';

export interface HubRepository {
  /** `org/name` */
  readonly id: string;
  /** Content by path. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Digests that the listing states although the content has another. */
  readonly wrongSha256?: Readonly<Record<string, string>>;
}

const commit = 'c0ffee'.padEnd(40, '0');

/** Files of a folder, for a repository. */
export function filesOf(folder: string, names: readonly string[]): Record<string, Uint8Array> {
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name))]));
}

/** The endpoints of the Hugging Face hub that its client library calls for a download: model info, tree, resolve with ranges. */
export function startLoopbackHub({ id, files, wrongSha256 = {} }: HubRepository): Promise<LoopbackServer> {
  const sha256 = (path: string) =>
    wrongSha256[path] ??
    createHash('sha256')
      .update(files[path] ?? '')
      .digest('hex');
  const isLarge = (path: string) => /\.(?:safetensors|gguf)$/.test(path);
  const entryOf = (path: string) => ({
    type: 'file',
    path,
    size: files[path]?.byteLength,
    oid: '1'.repeat(40),
    ...(isLarge(path) && { lfs: { oid: sha256(path), size: files[path]?.byteLength, pointerSize: 134 } }),
  });
  return startLoopbackServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '', 'http://hub').pathname);
    const sendJson = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (path === `/api/models/${id}/revision/HEAD`) {
      sendJson(200, { _id: '1', id, sha: commit, private: false, lastModified: '2026-01-01T00:00:00.000Z' });
      return;
    }
    if (path === `/api/models/${id}/tree/${commit}`) {
      sendJson(200, Object.keys(files).map(entryOf));
      return;
    }
    const file = path.startsWith(`/${id}/resolve/${commit}/`) ? path.slice(`/${id}/resolve/${commit}/`.length) : '';
    const content = files[file];
    if (content === undefined) {
      sendJson(404, { error: 'Repository not found' });
      return;
    }
    const [, from = '0', to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const begin = Number(from);
    const end = to ? Math.min(Number(to) + 1, content.byteLength) : content.byteLength;
    response.writeHead(request.headers.range === undefined ? 200 : 206, {
      'content-type': 'application/octet-stream',
      'content-length': end - begin,
      'content-range': `bytes ${begin}-${end - 1}/${content.byteLength}`,
      etag: `"${sha256(file)}"`,
    });
    response.end(content.subarray(begin, end));
  });
}
