/** Rows that are counted beside a document's and a query's tokens: a template's in front of and behind the document and before the query, and a hint block's, its opening and closing included, of an adapter of common size. */
export const estimatedRows = { prefix: 16, suffix: 4, hints: 16 } as const;
