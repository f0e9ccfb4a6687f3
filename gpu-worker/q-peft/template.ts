/**
 * One prompt layout in token ids (method.md section 2). The sequence of a (query, document) pair is
 *
 *     start  instruction  passageOpen  DOCUMENT  documentClose | [ hintOpen HINTS hintClose ]  cue | targetStart QUERY targetEnd
 *     |------------------------ prefix ------------------------| |-------- suffix --------| |------- targets -------|
 *
 * With `hintLocation: 'prefix'` of an adapter the hint block follows `instruction` instead.
 */
export interface TokenTemplate {
  readonly start: readonly number[];
  readonly instruction: readonly number[];
  readonly passageOpen: readonly number[];
  readonly documentClose: readonly number[];
  readonly hintOpen: readonly number[];
  readonly hintClose: readonly number[];
  readonly cue: readonly number[];
  /** Targets around the query's tokens; they count in the mean. */
  readonly targetStart: readonly number[];
  readonly targetEnd: readonly number[];
  /** Put before the text of a document or a query before it is tokenised. */
  readonly textPrefix: string;
  /** Which end of a document that is too long survives. */
  readonly keep: 'start' | 'end';
}
