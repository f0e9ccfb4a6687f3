import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describeType, fieldRows, type JsonSchema } from '#edge/openapi/describe-schema.ts';

const schemaOf = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;

describe('describeType', () => {
  it.each<[z.ZodType, string]>([
    [z.string().min(1).max(2000), 'string, 1 to 2,000 characters'],
    [z.number().int().min(0), 'integer, at least 0'],
    [z.array(z.union([z.string(), z.number()])).max(3), 'array of string or number, at most 3 items'],
    [z.enum(['a', 'b']), '`"a"` or `"b"`'],
    [z.literal('list'), '`"list"`'],
  ])('%#: %s', (schema, expected) => {
    expect(describeType(schemaOf(schema))).toBe(expected);
  });

  it('links to a schema that is named', () => {
    expect(describeType({ $ref: '#/components/schemas/Error' })).toBe('[Error](#error)');
  });
});

describe('fieldRows', () => {
  it('lists fields inside objects and lists, what is required, defaults and examples', () => {
    const schema = z.object({
      name: z.string().meta({ description: 'Its name.', examples: ['x'] }),
      deep: z.object({ on: z.boolean().default(true) }).optional(),
      list: z.array(z.object({ index: z.number() })),
    });
    expect(fieldRows(schemaOf(schema))).toEqual([
      ['`name`', 'string', 'yes', 'Its name. Example: `"x"`'],
      ['`deep`', 'object', 'no', ''],
      ['`deep.on`', 'boolean', 'no, `true`', ''],
      ['`list`', 'array of object', 'yes', ''],
      ['`list[].index`', 'number', 'yes', ''],
    ]);
  });
});
