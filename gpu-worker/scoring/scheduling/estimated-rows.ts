/** Rows that are counted beside a document's and a query's tokens: a template's behind the document (those in front of it are kept for all documents) and before the query, and a hint block's, its opening and closing included, of an adapter of common size. */
export const estimatedRows = { prefix: 2, suffix: 4, hints: 16 } as const;
