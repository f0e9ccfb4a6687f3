/** Secrets that stored hashes of API keys are made with. */
export interface Peppers {
  /** New hashes are made with it. */
  readonly current: string;
  /** Known still, or already, so that peppers can be rotated. */
  readonly others: readonly string[];
}

/** Characters of a pepper at least: shorter ones could be guessed offline by whoever has the table. */
const pepperCharactersMin = 32;

/**
 * Peppers from a setting, separated by commas: hashes are made with the first, keys are known under all of them. They are rotated as signing keys are:
 * `old,new`, then `new,old`, then `new`. Throws an Error that names the pepper's place, never its value.
 */
export function parsePeppers(text: string): Peppers {
  const [current = '', ...others] = text.split(',');
  const all = [current, ...others];
  all.forEach((pepper, index) => {
    const place = `pepper ${index + 1} of ${all.length}`;
    if (pepper.length < pepperCharactersMin) {
      throw new Error(`${place} has ${pepper.length} characters; at least ${pepperCharactersMin} are needed`);
    }
    // Where there is one alone, it is what it always was; of a list, a blank would be another pepper that nobody meant.
    if (others.length > 0 && pepper.trim() !== pepper) {
      throw new Error(`${place} begins or ends with white space, which would be a part of it`);
    }
  });
  return { current, others };
}
