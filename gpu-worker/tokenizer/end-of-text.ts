/** Names under which the families' base models end a text, as control tokens. */
const endOfTextNames = ['<|endoftext|>', '<|end_of_text|>', '</s>'] as const;

/**
 * The id that ends a *text*. An instruction-tuned checkpoint declares the end of a chat turn instead (`<|im_end|>`, `<|eot_id|>`), which
 * is not what follows a query in a plain-text prompt (method.md section 6: end token 0 of SmolLM2).
 */
export function endOfTextId(
  tokens: readonly (string | undefined)[],
  specialIds: ReadonlySet<number>,
  declared: number | null,
): number | null {
  for (const name of endOfTextNames) {
    const id = tokens.indexOf(name);
    if (id >= 0 && specialIds.has(id)) return id;
  }
  return declared;
}
