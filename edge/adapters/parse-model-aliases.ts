import { parseAdapterReference } from '#edge/adapters/parse-adapter-reference.ts';
import { adapterNameSchema } from '#shared/protocol/adapter-request.ts';

/** Model names that clients have built in (`rerank-v3.5`), each with what it means here: the base model, or a reference to the caller's adapter. */
export type ModelAliases = ReadonlyMap<string, string>;

/** Characters of a name at most, as many as `model` may have. */
const nameCharactersMax = 200;

/** Reads MODEL_ALIASES: `NAME=MODEL` separated by commas, or nothing. What is wrong is added to `problems`. */
export function parseModelAliases(text: string | undefined, baseModel: string, problems: string[]): ModelAliases {
  const aliases = new Map<string, string>();
  const entries = (text ?? '').split(',').map((entry) => entry.trim());
  for (const entry of entries.filter((entry) => entry !== '')) {
    const [name = '', model = '', ...rest] = entry.split('=').map((part) => part.trim());
    const problem = rest.length > 0 ? 'it must be NAME=MODEL' : findProblem(name, model, baseModel, aliases);
    if (problem === undefined) aliases.set(name, model);
    else problems.push(`MODEL_ALIASES: "${entry}": ${problem}`);
  }
  return aliases;
}

function findProblem(name: string, model: string, baseModel: string, known: ModelAliases): string | undefined {
  if (name === '' || model === '') return 'it must be NAME=MODEL';
  if (name.length > nameCharactersMax)
    return `the name has ${name.length} characters, the limit is ${nameCharactersMax}`;
  if (name === baseModel) return 'the base model keeps its own name';
  if (known.has(name)) return 'the name stands there twice';
  return isModel(model, baseModel)
    ? undefined
    : `the model must be the base model "${baseModel}" or an adapter: tickets, tickets@3, tickets@prod`;
}

function isModel(model: string, baseModel: string): boolean {
  if (model === baseModel) return true;
  return adapterNameSchema.safeParse(parseAdapterReference(model)?.name).success;
}
