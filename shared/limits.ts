/** Public limits, stated once: schemas, error messages, `/info` and the documents read them from here. */
export const limits = {
  /** Documents of one rerank request, as Cohere has it; they are scored by as many calls to workers as it takes. */
  documentsPerRequestMax: 10_000,
  /** Documents of one call to a worker that it accepts; the edge sends fewer. */
  documentsPerCallMax: 1_000,
  /** Characters of one document; about 100,000 tokens, far past the context of any model that is served. */
  documentCharactersMax: 400_000,
  /** Characters of the query; a query is never truncated, so it must fit the model's context beside the document. */
  queryCharactersMax: 16_000,
  /** Tokens of one document that are scored when the caller names no cap. Longer documents keep their start, and the response warns. */
  maxTokensPerDocDefault: 512,
  /** Tokens of one document that a caller may ask for. */
  maxTokensPerDocMax: 8_192,
  /** Different queries of one request for scores of pairs: each is a rerank of its own, with look-ups and calls. */
  scoredQueriesMax: 100,
  /** Results of one answer that are explained, and query tokens over all of them: about 100 bytes each. */
  explainedResultsMax: 20,
  explainedTokensMax: 10_000,
  /** Tokens of a chunk of a long document: by default as many as are scored of a document without chunks, so that those that fit score the same. */
  chunkTokensDefault: 512,
  chunkTokensMin: 64,
  /** Part of a chunk that it shares with the one before it, when the caller says nothing and at most. */
  chunkOverlapShareDefault: 1 / 8,
  chunkOverlapShareMax: 1 / 2,
  /** Chunks of one document that a caller may ask for; with those of the default size, more than the longest document has. */
  chunksPerDocMax: 512,
  /** Tokens of a document that is scored in chunks, when the caller names no cap and at most: the work is linear in them. */
  chunkedTokensPerDocDefault: 8_192,
  chunkedTokensPerDocMax: 131_072,
  /** Bytes of a rerank body. A Worker has 128 MB of memory and JSON triples in it. */
  requestBodyBytesMax: 10_000_000,
  /** Bytes of an adapter file. */
  adapterBytesMax: 512_000_000,
  /** Versions of all adapters of one tenant, so that a list is one answer. */
  adapterVersionsMax: 1_000,
  /** Unfinished uploads of one tenant: each may hold a file's worth of bytes for hours. */
  adapterUploadsMax: 20,
  /** Bytes of each part but the last of an upload in parts; S3 wants at least 5 MiB, and at most 10,000 parts. */
  adapterPartBytes: 16_777_216,
  /** Bytes of a JSON body about adapters; one that lists the parts of the largest file has 3,000. */
  adapterBodyBytesMax: 20_000,
  /** Seconds for which the URLs of an upload work. */
  adapterUploadSeconds: 3_600,
  /** Priorities of requests: those of a 32-bit integer, as clients of other servers send them. */
  priorityMin: -2_147_483_648,
  priorityMax: 2_147_483_647,
  /** Milliseconds a request may take when the caller names no deadline, and at most. */
  deadlineMsDefault: 60_000,
  deadlineMsMax: 300_000,
  /** Bytes of a body about API keys. */
  keyBodyBytesMax: 10_000,
  /** Characters of a key's name. */
  keyNameCharactersMax: 100,
  /** Keys of one tenant that are neither revoked nor expired: far more than applications have, and few enough for a list. */
  keysPerTenantMax: 1_000,
  /** Keys of one page of the list. */
  listedKeysMax: 100,
  /** Seconds for which a rotated key goes on beside its successor, when nothing is said and at most: a day to deploy, a month for slow customers. */
  keyOverlapSecondsDefault: 86_400,
  keyOverlapSecondsMax: 2_592_000,
  /** Tokens of a key's daily quota at most; any larger number is no limit. */
  tokensPerDayMax: 1_000_000_000_000,
  /** Days of one answer about usage, and rows. */
  usageDaysMax: 366,
  listedUsageRowsMax: 1_000,
  /** Bytes of a dataset: some 100,000 queries with their passages, checked within a Worker's time. */
  datasetBytesMax: 200_000_000,
  /** Bytes of one line of a dataset, which is held whole while it is checked. */
  datasetLineBytesMax: 4_000_000,
  /** Lines of a dataset: each query's digest is kept while the rest comes, to find it again in another part. */
  datasetLinesMax: 200_000,
  /** Documents of an archive, and over all its parts judged queries and relevant pairs: digests of ids are kept, and a Worker has 128 MB. */
  archiveDocumentsMax: 500_000,
  archiveQueriesMax: 100_000,
  archivePairsMax: 200_000,
  /** Files of an archive, of which five are read; its directory is held whole. */
  archiveMembersMax: 1_000,
  /** Relevant passages of one line, and hard negatives. */
  datasetPassagesPerLineMax: 1_000,
  /** Bad lines that an answer describes; all are counted. */
  datasetDescribedLinesMax: 20,
  datasetNameCharactersMax: 100,
  /** Queries that a dataset must have to train on, and dev queries where it has any. */
  datasetTrainQueriesMin: 16,
  datasetDevQueriesMin: 8,
  /** Bytes of a body about training jobs. */
  trainingBodyBytesMax: 20_000,
  /** Bytes of an internal call about training: a heartbeat with a thousand news is the largest. */
  trainingCallBytesMax: 200_000,
  /** Times that a job is tried before it counts as failed. */
  trainingAttemptsMax: 3,
  /** Seconds for which a training worker that is cut off may be set to go on: the edge clears what it may leave in the bucket after that. */
  trainingPatienceSecondsMax: 86_400,
  /** Datasets or jobs of one page of a list. */
  listedTrainingMax: 100,
  /** Characters of an Idempotency-Key. */
  idempotencyKeyCharactersMax: 200,
  /** Levels of arrays and objects in a JSON body: what any client sends has less than ten. */
  jsonDepthMax: 64,
  /** Simultaneous outgoing connections of one Workers request (the platform's limit). */
  workerConnectionsMax: 6,
} as const;
