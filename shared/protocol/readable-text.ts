/** Why a text is refused. */
export const unreadableText = 'holds a NUL character or half a surrogate pair';

/** Whether a text is one: NUL ends texts in much that reads them, and half a surrogate pair has no form in UTF-8, so that two such texts would become one. */
export function isReadableText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000');
}
