const gpt2 = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;
const contractions = "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])";
const wordsThenSpaces = String.raw`| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
const llama3 = String.raw`${contractions}|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}${wordsThenSpaces}`;
const qwen2 = String.raw`${contractions}|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}${wordsThenSpaces}`;
const upper = String.raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`;
const lower = String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`;
const prefix = String.raw`[^\r\n\p{L}\p{N}]?`;
const tekken = String.raw`${prefix}${upper}*${lower}+|${prefix}${upper}+${lower}*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
/** Every numeric character, as `Digits` of the reference library takes it. */
const singleNumeral = String.raw`\p{N}`;
/** Decimal digits alone: the golden ids of the smollm GGUF keep characters such as `²` with their neighbours. */
const singleDigit = String.raw`\p{Nd}`;

/** How a text is cut before merging. */
export interface PreTokenizerFamily {
  /** Patterns applied one after another; each match is a piece, and so is what lies between matches. */
  readonly patterns: readonly string[];
  readonly ignoreMerges: boolean;
  /** Unicode NFC first, as the checkpoint's own `tokenizer.json` does. */
  readonly normalise: boolean;
  /** Whether prompts start with <bos> when the file does not say. */
  readonly addBos: boolean;
}

const family = (patterns: readonly string[], switches: Partial<PreTokenizerFamily> = {}): PreTokenizerFamily => ({
  patterns,
  ignoreMerges: false,
  normalise: false,
  addBos: false,
  ...switches,
});

/**
 * By `tokenizer.ggml.pre`, for the families that the graph builder knows. `default` and a missing value are left out on purpose: they
 * stand for files whose converter did not know the tokenizer, and ids would be wrong in silence.
 */
export const preTokenizerFamilies: Readonly<Record<string, PreTokenizerFamily>> = {
  'gpt-2': family([gpt2]),
  smollm: family([singleDigit, gpt2]),
  starcoder: family([singleDigit, gpt2]),
  refact: family([singleDigit, gpt2]),
  qwen2: family([qwen2], { normalise: true }),
  'deepseek-r1-qwen': family([qwen2], { normalise: true }),
  'llama-bpe': family([llama3], { ignoreMerges: true, addBos: true }),
  llama3: family([llama3], { ignoreMerges: true, addBos: true }),
  'llama-v3': family([llama3], { ignoreMerges: true, addBos: true }),
  tekken: family([tekken], { ignoreMerges: true, addBos: true }),
};

/** Pieces by pattern, then bytes as printable characters. */
export function byteLevelPreTokenizer(patterns: readonly string[]): object {
  const bytes = { type: 'ByteLevel', add_prefix_space: false, use_regex: false };
  return { type: 'Sequence', pretokenizers: [...patterns.map(split), bytes] };
}

/**
 * A `pre_tokenizer` of `tokenizer.json` in which ByteLevel's built-in pattern and Digits are spelled out as patterns. The library's own
 * use JavaScript's `\s` and `\d`, which differ from the reference in U+0085, U+FEFF and digits that are not ASCII.
 */
export function exactPreTokenizer(component: unknown): unknown {
  if (typeof component !== 'object' || component === null || !('type' in component)) return component;
  if (component.type === 'Sequence' && 'pretokenizers' in component && Array.isArray(component.pretokenizers)) {
    return { ...component, pretokenizers: component.pretokenizers.map(exactPreTokenizer) };
  }
  if (component.type === 'Digits') {
    const one = 'individual_digits' in component && component.individual_digits === true;
    return split(one ? singleNumeral : `${singleNumeral}+`);
  }
  const prefixSpace = 'add_prefix_space' in component && component.add_prefix_space === true;
  const ownPattern = !('use_regex' in component && component.use_regex === false);
  // A prefix space must be there before the pattern sees the text, so such a component (no model of the family has one) keeps its own.
  if (component.type !== 'ByteLevel' || prefixSpace || !ownPattern) return component;
  return byteLevelPreTokenizer([gpt2]);
}

function split(pattern: string): object {
  return { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false };
}
