/** The body of a call whose texts must not be seen again. */
export function secretScoreCall(changes: object = {}): string {
  return JSON.stringify({
    model: 'tiny',
    query: 'what is a secret query',
    documents: ['private one', 'private three'],
    deadline_at_ms: Date.now() + 60_000,
    ...changes,
  });
}
