import { describe, expect, it } from 'vitest';
import { createTestApp } from '#edge/testing/create-test-app.ts';
import { createTrainingClient } from '#edge/testing/training-client.ts';
import { beirFiles, zipFiles } from '#edge/testing/zip-beir.ts';
import { limits } from '#shared/limits.ts';
import { digestBody } from '#shared/signed-calls/digest-body.ts';

const client = async (tenantId: string) => {
  const made = await createTrainingClient(tenantId, createTestApp());
  const uploadZip = (bytes: Uint8Array, query = '') => made.upload(bytes, { 'content-type': 'application/zip' }, query);
  return { ...made, uploadZip };
};

const document = (id: string, text = 'p') => `${JSON.stringify({ _id: id, text })}\n`;
const query = (id: string, text: string) => `${JSON.stringify({ _id: id, text })}\n`;

/** Of the first file, in its local header and in the directory. */
function stateFirstSize(archive: Uint8Array, bytes: number): Uint8Array {
  const view = new DataView(archive.buffer, archive.byteOffset);
  const directory = archive.findIndex((_, at) => at < archive.length - 4 && view.getUint32(at, true) === 0x02014b50);
  view.setUint32(22, bytes, true);
  view.setUint32(directory + 24, bytes, true);
  return archive;
}

describe('POST /v1/datasets with an archive', () => {
  it.each([
    ['at its top, deflated', {}],
    ['in a folder, stored', { folder: 'scifact/', level: 0 }],
    ['deflated, with sizes behind the data', { dataDescriptor: true }],
    ['stored, with sizes behind the data', { level: 0, dataDescriptor: true }],
    ['in ZIP64', { folder: 'nq/', zip64: true }],
  ])('stores one whose files are %s as it is, with counts', async (name, options) => {
    const { uploadZip, objects, send, submit } = await client(`archive-good ${name}`);
    const archive = await zipFiles({ ...beirFiles(), 'qrels/other.tsv': 'x' }, options);
    const { status, body } = await uploadZip(archive, '?name=scifact');
    expect({ status, body }).toMatchObject({
      status: 201,
      body: {
        name: 'scifact',
        format: 'beir',
        bytes: archive.length,
        sha256: await digestBody(archive),
        queries: { train: 40, dev: 0, test: 0 },
        passages: 40,
        warnings: [],
      },
    });
    expect(objects.objects.get(`datasets/${body['id']}`)).toEqual(archive);
    expect((await send('GET', `/v1/datasets/${body['id']}`)).body).toEqual(body);
    expect((await submit(String(body['id']))).state).toBe('submitted');
  });

  it('names what training leaves out, by file and line', async () => {
    const { uploadZip } = await client('archive-warnings');
    const imperfect = (count: number) => {
      const files = beirFiles(count);
      return zipFiles({
        'corpus.jsonl': files['corpus.jsonl'] + document('empty', ' '),
        'queries.jsonl':
          files['queries.jsonl'] + query('q2b', 'Query  2') + query('d9', 'dev 9') + query('t', 'query 4'),
        // Judged twice, of which the later counts; judged as not relevant; and to documents that are not there.
        'qrels/train.tsv': `${files['qrels/train.tsv']}q7\td7\t0\nq2b\td3\t1\nq1\tnone\t2\nq1\tempty\t1\nq1\td5\t0\n`,
        'qrels/dev.tsv': `${Array.from({ length: 8 }, (_, index) => `q${index + 8}\td${index}\t1\n`).join('')}d9\td9\t1\n`,
        'qrels/test.tsv': 't\tnone\t1\nnobody\td1\t1\n',
      });
    };
    const { status, body } = await uploadZip(await imperfect(20));
    expect({ status, message: body['message'] }).toMatchObject({ status: 422 });
    expect(body['message']).toContain('10 training queries are left; at least 16 are needed');
    const again = await uploadZip(await imperfect(40));
    expect(again).toMatchObject({
      status: 201,
      body: {
        queries: { train: 41, dev: 9, test: 2 },
        passages: 40,
        warnings: [
          '8 train queries are also dev queries and are left out of training: queries.jsonl lines 9, 10, 11, 12, 13, …',
          '1 train queries are also test queries and are left out of training: queries.jsonl lines 5',
          '1 queries repeat an earlier one of their part and are joined with it: queries.jsonl lines 41',
          '2 relevant documents are not in the corpus, or have no text, and are left out: qrels/train.tsv lines 44, 45',
          '1 queries have no relevant document left and are left out: queries.jsonl lines 8',
          '1 documents have no text and are left out: corpus.jsonl lines 41',
        ],
      },
    });
  });

  const damaged = async (change: (bytes: Uint8Array) => Uint8Array) =>
    change(await zipFiles(beirFiles(), { level: 0 }));
  const changed = (changes: Record<string, string | Uint8Array>, options = {}) =>
    zipFiles({ ...beirFiles(), ...changes }, options);
  /** One whose first file says that it has so many bytes. */
  const sized = async (bytes: number) => {
    const archive = await zipFiles({ ...beirFiles(), 'corpus.jsonl': new Uint8Array(3_000_000) });
    return stateFirstSize(archive, bytes);
  };
  const without = (path: string) =>
    zipFiles(Object.fromEntries(Object.entries(beirFiles()).filter(([name]) => name !== path)));

  it.each<[string, () => Promise<Uint8Array>, string]>([
    [
      'what is no archive',
      async () => new TextEncoder().encode('not a zip archive, but some text'),
      'it is no zip archive',
    ],
    ['an archive without files', () => zipFiles({}), 'it has no corpus.jsonl'],
    ['no queries', () => without('queries.jsonl'), 'it has no queries.jsonl'],
    ['no judgements', () => without('qrels/train.tsv'), 'it has no qrels/train.tsv'],
    ['two data sets', () => changed({ 'b/corpus.jsonl': '' }), 'it has 2 files corpus.jsonl'],
    ['encryption', () => changed({}, { password: 'x', zipCrypto: true }), 'corpus.jsonl is encrypted'],
    ['encryption by AES', () => changed({}, { password: 'x' }), 'corpus.jsonl is encrypted'],
    ['a cut', () => damaged((bytes) => bytes.slice(0, -40)), 'its end is missing'],
    [
      'a flipped bit',
      () => damaged((bytes) => bytes.map((byte, at) => (at === 60 ? byte ^ 1 : byte))),
      'corpus.jsonl is damaged: its CRC-32 is another',
    ],
    [
      'too many files',
      () => changed(Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [`x${index}`, '']))),
      'it has more than 1,000 files and folders',
    ],
    ['a bomb', () => sized(limits.datasetBytesMax), 'unpacked, the limit is 200,000,000'],
    ['a bomb that says it is none', () => sized(9), 'corpus.jsonl is damaged'],
    [
      'a long line',
      () => changed({ 'corpus.jsonl': `{"a":"${'x'.repeat(limits.datasetLineBytesMax)}"}\n` }),
      'corpus.jsonl line 1: has more than 4,000,000 bytes',
    ],
    [
      'broken JSON',
      () => changed({ 'queries.jsonl': `${beirFiles()['queries.jsonl']}{"secret` }),
      'queries.jsonl line 41: is not valid JSON',
    ],
    [
      'a document without text',
      () => changed({ 'corpus.jsonl': '{"_id":"secret"}' }),
      'corpus.jsonl line 1: text is missing; it must be a string',
    ],
    [
      'a query without id',
      () => changed({ 'queries.jsonl': '{"text":"secret"}' }),
      'queries.jsonl line 1: _id is missing; it must be a string',
    ],
    [
      'an id that stands there twice',
      () => changed({ 'corpus.jsonl': document('d0') + document('secret') + document('d0') }),
      'corpus.jsonl line 3: its _id stands in an earlier line',
    ],
    [
      'a judgement without gain',
      () => changed({ 'qrels/dev.tsv': 'q1\tsecret\n' }),
      'qrels/dev.tsv line 1: is not "query<TAB>document<TAB>gain" with an integer gain',
    ],
    [
      'a query that is not there',
      () => changed({ 'qrels/train.tsv': 'query-id\tcorpus-id\tscore\nsecret\td1\t1\n' }),
      'qrels/train.tsv line 2: its query is not in queries.jsonl',
    ],
    [
      'a byte that is not UTF-8',
      () => changed({ 'qrels/train.tsv': new Uint8Array([0xff]) }),
      'qrels/train.tsv line 1: is not valid UTF-8',
    ],
    [
      'many bad lines',
      () => changed({ 'corpus.jsonl': 'x\n'.repeat(50) }),
      'corpus.jsonl line 20: is not valid JSON; and 30 more bad lines',
    ],
    [
      'few queries',
      () => zipFiles(beirFiles(39)),
      'it has 39 training queries; at least 40 are needed where there is no qrels/dev.tsv',
    ],
    ['an empty dev part', () => changed({ 'qrels/dev.tsv': '' }), '0 dev queries are left; at least 8 are needed'],
  ])('422 for %s, with file, line and reason, and nothing is left', async (name, make, message) => {
    const { uploadZip, objects, send } = await client(`archive-bad ${name}`);
    const { status, body } = await uploadZip(await make());
    expect({ status, body }).toMatchObject({ status: 422, body: { error: { code: 'invalid_dataset' } } });
    expect(body['message']).toContain(message);
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(objects.objects.size).toBe(0);
    expect((await send('GET', '/v1/datasets')).body).toMatchObject({ data: [] });
  });

  it('says of an archive among lines how it is sent, and of lines that they are no archive', async () => {
    const { upload } = await client('archive-type');
    const { body } = await upload(await zipFiles(beirFiles()));
    expect(body['message']).toBe('The dataset is a zip archive; send it with Content-Type: application/zip.');
  });

  it('leaves nothing when the store fails while the archive is read, and says so', async () => {
    const { uploadZip, objects, send } = await client('archive-store');
    const archive = await zipFiles(beirFiles());
    objects.fault = (request) => (request.method === 'GET' ? Promise.reject(new TypeError('gone')) : undefined);
    expect(await uploadZip(archive)).toMatchObject({
      status: 503,
      body: { error: { code: 'adapter_store_unavailable' } },
    });
    // One that knows no ranges, and sends all of it.
    objects.fault = (request) => (request.method === 'GET' ? Promise.resolve(new Response('all')) : undefined);
    expect(await uploadZip(archive)).toMatchObject({ status: 503 });
    objects.fault = () => undefined;
    expect(objects.objects.size).toBe(0);
    expect((await send('GET', '/v1/datasets')).body).toMatchObject({ data: [] });
    expect(await uploadZip(archive)).toMatchObject({ status: 201 });
  });

  it('gives a store up that hangs in the middle of a range', async () => {
    const { uploadZip, objects, clock, send } = await client('archive-hang');
    const archive = await zipFiles(beirFiles());
    const asked = Promise.withResolvers<void>();
    objects.fault = (request) => {
      if (request.method !== 'GET') return undefined;
      asked.resolve();
      const body = new ReadableStream({ pull: () => new Promise(() => undefined) });
      return Promise.resolve(new Response(body, { status: 206 }));
    };
    const hanging = uploadZip(archive);
    await asked.promise;
    clock.advance(60_000);
    expect(await hanging).toMatchObject({ status: 503, body: { error: { code: 'adapter_store_unavailable' } } });
    expect(objects.objects.size).toBe(0);
    expect((await send('GET', '/v1/datasets')).body).toMatchObject({ data: [] });
    objects.fault = () => undefined;
    expect(await uploadZip(archive)).toMatchObject({ status: 201 });
  });
});
