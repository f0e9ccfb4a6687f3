/** The part of JSON Schema that our documents use. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
}

/** `array of string or object, 1 to 1,000 items`. */
export function describeType(schema: JsonSchema): string {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split('/').at(-1) ?? '';
    return `[${name}](#${name.toLowerCase()})`;
  }
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(' or ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(describeType).join(' or ');
  const name = [schema.type ?? 'anything'].flat().join(' or ');
  const type = schema.items === undefined ? name : `array of ${describeType(schema.items)}`;
  const limits = [
    describeRange(schema.minimum, schema.maximum, ''),
    describeRange(schema.minItems, schema.maxItems, ' items'),
    describeRange(schema.minLength, schema.maxLength, ' characters'),
  ];
  return [type, ...limits.filter((limit) => limit !== '')].join(', ');
}

/** Bounds past this say only that JSON numbers are doubles. */
const meaningfulMax = Number.MAX_SAFE_INTEGER;

function describeRange(minimum: number | undefined, maximum: number | undefined, unit: string): string {
  const least = minimum === undefined || minimum <= -meaningfulMax ? undefined : minimum.toLocaleString('en-US');
  const most = maximum === undefined || maximum >= meaningfulMax ? undefined : maximum.toLocaleString('en-US');
  if (least !== undefined && most !== undefined) return `${least} to ${most}${unit}`;
  if (least !== undefined) return `at least ${least}${unit}`;
  return most === undefined ? '' : `at most ${most}${unit}`;
}

/** One row a field: name, type, whether required or its default, meaning with an example. Fields inside objects follow as `outer.inner`. */
export function fieldRows(schema: JsonSchema, prefix = ''): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const nested = fieldRows(field, `${path}.`);
    const nestedItems = field.items === undefined ? [] : fieldRows(field.items, `${path}[].`);
    const presence = (schema.required ?? []).includes(name)
      ? 'yes'
      : field.default === undefined
        ? 'no'
        : `no, \`${JSON.stringify(field.default)}\``;
    const example = field.examples?.[0] === undefined ? '' : `Example: \`${JSON.stringify(field.examples[0])}\``;
    const meaning = [field.description ?? '', example].filter((part) => part !== '').join(' ');
    return [[`\`${path}\``, describeType(field), presence, meaning], ...nested, ...nestedItems];
  });
}
