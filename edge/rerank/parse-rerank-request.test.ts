import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseClientShape } from '#edge/rerank/client-shapes/choose-client-shape.ts';
import { type JsonObject, normaliseRerankBody } from '#edge/rerank/normalise-rerank-body.ts';
import { parseRerankRequest } from '#edge/rerank/parse-rerank-request.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

const fieldNames = [
  'query',
  'documents',
  'texts',
  'contexts',
  'input',
  'top_n',
  'top_k',
  'rank_fields',
  'return_documents',
  'return_text',
  'raw_scores',
  'truncation',
  'truncation_direction',
  'truncate',
  'max_tokens_per_doc',
  'deadline_ms',
  'model',
];
const value = fc.oneof(fc.jsonValue(), fc.array(fc.string()), fc.constantFrom('true', 'false', '', 0, -1, 1.5, 1e308));
const body = fc.dictionary(fc.constantFrom(...fieldNames), value) as fc.Arbitrary<JsonObject>;
const validBody = fc.record({
  query: fc.string({ minLength: 1 }).filter((text) => text.trim() !== ''),
  documents: fc.array(
    fc.string({ minLength: 1 }).filter((text) => text.trim() !== ''),
    { minLength: 1 },
  ),
});

describe('parseRerankRequest', () => {
  it('reads any JSON object, or names what is wrong with it in a few words', () => {
    fc.assert(
      fc.property(body, (json) => {
        try {
          const shape = chooseClientShape(json);
          const { texts, request } = parseRerankRequest(shape, json);
          expect(texts).toHaveLength(request.documents.length);
          expect(texts.every((text) => text.trim() !== '')).toBe(true);
        } catch (error) {
          if (!(error instanceof ServiceError)) throw error;
          expect(error.code).toBe('invalid_request');
          expect(error.message.length).toBeLessThan(1000);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('takes null for every field that may be absent, and changes no text', () => {
    fc.assert(
      fc.property(validBody, fc.subarray(fieldNames.slice(5)), (json, absent) => {
        const withNulls = { ...Object.fromEntries(absent.map((name) => [name, null])), ...json };
        const { request, texts } = parseRerankRequest(chooseClientShape(withNulls), withNulls);
        expect({ query: request.query, texts }).toEqual({ query: json.query, texts: json.documents });
      }),
    );
  });

  it('never shows a caller’s text', () => {
    const secret = 'a very secret sentence';
    for (const json of [
      { query: { secret }, documents: [secret] },
      { query: secret, documents: { secret } },
      { query: secret, documents: [[secret]] },
    ]) {
      expect(() => parseRerankRequest(chooseClientShape(json), json)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining(secret) }),
      );
    }
  });
});

describe('normaliseRerankBody', () => {
  it('has nothing left to do the second time', () => {
    fc.assert(
      fc.property(body, (json) => {
        const once = normaliseRerankBody(json);
        expect(normaliseRerankBody(once)).toEqual(once);
      }),
    );
  });
});
