/** What makes two queries of a dataset one: letters' case, composition and spaces do not tell them apart. */
export function queryKey(query: string): string {
  return query.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
}
