import type { ArgsDef } from 'citty';
import { defaultHardware } from '#cli/capacity-plan/hardware/read-hardware-profile.ts';
import type { CapacityNeeds } from '#cli/capacity-plan/planning/plan-capacity.ts';
import { meanOf } from '#cli/capacity-plan/simulation/workload.ts';
import { parseInteger, parseNumber } from '#cli/command-line/parse-values.ts';
import { UsageError } from '#cli/command-line/usage-error.ts';
import { limits } from '#shared/limits.ts';

const number = (description: string) => ({ type: 'string', valueHint: 'N', description }) as const;
const share = (description: string) =>
  ({ type: 'string', valueHint: '0…1', default: '0', description: `${description}, 0 to 1.` }) as const;
const list = (defaultValue: string, description: string) =>
  ({
    type: 'string',
    valueHint: 'N,N,…',
    default: defaultValue,
    description: `${description}: a number, or several that are drawn from evenly.`,
  }) as const;

export const planFlags = {
  'documents-per-second': number('Documents to score a second; or name --requests-per-second.'),
  'requests-per-second': number('Requests a second.'),
  'documents-per-request': list('20', 'Documents of a request'),
  'document-tokens': list('150', 'Tokens of a document that are read'),
  'query-tokens': list('12', 'Tokens of a query'),
  'adapter-share': share('Share of requests with an adapter'),
  adapters: { ...number('Adapters that a worker has loaded.'), default: '0' },
  'hit-rate': share('Share of documents whose prefix a worker has kept'),
  'hot-documents': number('Documents of the whole fleet whose prefixes must stay kept, for that hit rate.'),
  'score-cache-rate': share('Share of requests that the score cache of the edge answers'),
  'p99-ms': number('What the slowest hundredth may take. Without it: workers that are filled to 70 %.'),
  workers: number('The fleet that there is. Without it: as many workers as it takes.'),
  spare: { ...number('Workers beyond those that the load needs.'), default: '1' },
  hardware: {
    type: 'string',
    valueHint: 'NAME|FILE.json',
    default: defaultHardware,
    description: 'The kind of machine: a shipped profile, or a file that plan calibrate wrote (docs/capacity.md).',
  },
  model: {
    type: 'string',
    valueHint: 'NAME',
    description: 'Scales the profile to a model of another size, such as llama-3.2-1b. Without it: the measured one.',
  },
  'price-per-hour': number('Of one machine. Without it: the profile’s.'),
  seed: { ...number('Of the simulation.'), default: '1' },
  json: { type: 'boolean', description: 'Everything as JSON.' },
} as const satisfies ArgsDef;

export interface PlanArguments {
  readonly [flag: string]: unknown;
}

/** @throws UsageError naming the flag, the value and the limits */
export function parsePlanFlags(args: PlanArguments): Omit<CapacityNeeds, 'hardware'> {
  const text = (flag: string) => args[flag] as string | undefined;
  const share = (flag: string) => parseNumber(flag, text(flag) ?? '0', 0, 1);
  const optional = (flag: string, max: number) => {
    const value = text(flag);
    return value === undefined ? null : parseInteger(flag, value, 1, max);
  };
  const documentsPerRequest = parseList(
    'documents-per-request',
    text('documents-per-request'),
    limits.documentsPerRequestMax,
  );
  const scoreCacheRate = share('score-cache-rate');
  if (scoreCacheRate === 1) throw new UsageError('--score-cache-rate 1 leaves nothing to score.');
  const p99Ms = text('p99-ms');
  return {
    workload: {
      requestsPerSecond: requestsPerSecond(args, meanOf(documentsPerRequest)) * (1 - scoreCacheRate),
      documentsPerRequest,
      documentTokens: parseList('document-tokens', text('document-tokens'), limits.maxTokensPerDocMax),
      queryTokens: parseList('query-tokens', text('query-tokens'), limits.maxTokensPerDocMax),
      adapterShare: share('adapter-share'),
      hitRate: share('hit-rate'),
    },
    scoreCacheRate,
    adapters: parseInteger('adapters', text('adapters') ?? '0', 0, 10_000),
    hotDocuments: optional('hot-documents', 1_000_000_000),
    p99Ms: p99Ms === undefined ? null : parseNumber('p99-ms', p99Ms, 1, 1e6),
    workers: optional('workers', 10_000),
    spare: parseInteger('spare', text('spare') ?? '0', 0, 10_000),
    seed: parseInteger('seed', text('seed') ?? '1', 0, 999_999),
  };
}

function requestsPerSecond(args: PlanArguments, documentsPerRequest: number): number {
  const documents = args['documents-per-second'] as string | undefined;
  const requests = args['requests-per-second'] as string | undefined;
  if ((documents === undefined) === (requests === undefined))
    throw new UsageError('Name the load: --documents-per-second or --requests-per-second, one of them.');
  if (requests !== undefined) return parseNumber('requests-per-second', requests, 0.001, 1e6);
  return parseNumber('documents-per-second', documents ?? '', 0.001, 1e7) / documentsPerRequest;
}

function parseList(flag: string, text: string | undefined, max: number): number[] {
  return (text ?? '').split(',').map((value) => parseInteger(flag, value.trim(), 1, max));
}
