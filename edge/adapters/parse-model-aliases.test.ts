import { describe, expect, it } from 'vitest';
import { parseModelAliases } from '#edge/adapters/parse-model-aliases.ts';

const baseModel = 'smollm2-135m-instruct';

function parse(text: string | undefined) {
  const problems: string[] = [];
  const aliases = [...parseModelAliases(text, baseModel, problems)];
  return { aliases, problems };
}

describe('parseModelAliases', () => {
  it.each([undefined, '', ' , '])('reads %j as none', (text) => {
    expect(parse(text)).toEqual({ aliases: [], problems: [] });
  });

  it('reads names of other makers’ models for the base model, adapters, versions and adapters’ aliases', () => {
    const text = `rerank-v3.5=${baseModel}, BAAI/bge-reranker-v2-m3 = tickets,\n a=tickets@3,b=tickets@prod,`;
    expect(parse(text)).toEqual({
      aliases: [
        ['rerank-v3.5', baseModel],
        ['BAAI/bge-reranker-v2-m3', 'tickets'],
        ['a', 'tickets@3'],
        ['b', 'tickets@prod'],
      ],
      problems: [],
    });
  });

  it.each([
    ['rerank-v3.5', 'it must be NAME=MODEL'],
    ['=tickets', 'it must be NAME=MODEL'],
    ['a=', 'it must be NAME=MODEL'],
    ['a=b=c', 'it must be NAME=MODEL'],
    [`${'x'.repeat(201)}=tickets`, 'the name has 201 characters, the limit is 200'],
    [`${baseModel}=tickets`, 'the base model keeps its own name'],
    ['a=ticket box', `the model must be the base model "${baseModel}" or an adapter: tickets, tickets@3, tickets@prod`],
    ['a=tickets@', `the model must be the base model "${baseModel}" or an adapter: tickets, tickets@3, tickets@prod`],
  ])('refuses %s', (text, problem) => {
    expect(parse(text)).toEqual({ aliases: [], problems: [`MODEL_ALIASES: "${text}": ${problem}`] });
  });

  it('refuses a name that stands there twice, and reads the rest', () => {
    expect(parse('a=tickets,a=other,b=other')).toEqual({
      aliases: [
        ['a', 'tickets'],
        ['b', 'other'],
      ],
      problems: ['MODEL_ALIASES: "a=other": the name stands there twice'],
    });
  });
});
