/** Public limits, stated once: schemas, error messages, `/info` and the documents read them from here. */
export const limits = {
  /** Documents of one rerank request. Cohere refuses more than 10,000 and advises at most 1,000. */
  documentsPerRequestMax: 1_000,
  /** Characters of one document; about 100,000 tokens, far past the context of any model that is served. */
  documentCharactersMax: 400_000,
  /** Characters of the query; a query is never truncated, so it must fit the model's context beside the document. */
  queryCharactersMax: 16_000,
  /** Tokens of one document that are scored when the caller names no cap. Longer documents keep their start, and the response warns. */
  maxTokensPerDocDefault: 512,
  /** Tokens of one document that a caller may ask for. */
  maxTokensPerDocMax: 8_192,
  /** Bytes of a rerank body. A Worker has 128 MB of memory and JSON triples in it. */
  requestBodyBytesMax: 10_000_000,
  /** Bytes of an adapter file. */
  adapterBytesMax: 512_000_000,
  /** Milliseconds a request may take when the caller names no deadline, and at most. */
  deadlineMsDefault: 60_000,
  deadlineMsMax: 300_000,
  /** Simultaneous outgoing connections of one Workers request (the platform's limit). */
  workerConnectionsMax: 6,
} as const;
