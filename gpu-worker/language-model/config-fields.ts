import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import { weightsFault } from '#gpu-worker/weights/weights-fault.ts';

/** Largest value of each size. Far above any model of the family; a lying configuration must not make loops or tables without end. */
export const configMaxima = {
  layers: 1_024,
  heads: 4_096,
  headSize: 4_096,
  width: 1 << 20,
  vocabulary: 1 << 24,
  contextLength: 1 << 27,
} as const;

/** Typed look-ups in a configuration of unknown content. `place` names the file for messages. */
export class ConfigFields {
  readonly place: string;
  readonly #get: (name: string) => unknown;

  constructor(place: string, get: (name: string) => unknown) {
    this.place = place;
    this.#get = get;
  }

  raw(name: string): unknown {
    return this.#get(name) ?? undefined;
  }

  /** @throws ServiceError `invalid_weights` when the field is missing (and has no default), or not a whole number from 1 to `maximum` */
  size(name: string, maximum: number, absent?: number): number {
    const value = this.raw(name) ?? absent;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > maximum) {
      throw this.fault(name, value, `a whole number from 1 to ${maximum}`);
    }
    return value;
  }

  /** @throws ServiceError `invalid_weights` when the field is missing (and has no default), or not a finite number above 0 */
  positive(name: string, absent?: number): number {
    const value = this.raw(name) ?? absent;
    if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0)
      throw this.fault(name, value, 'a finite number above 0');
    return value;
  }

  flag(name: string, absent: boolean): boolean {
    const value = this.raw(name) ?? absent;
    if (typeof value !== 'boolean') throw this.fault(name, value, 'true or false');
    return value;
  }

  fault(name: string, value: unknown, needed: string): Error {
    const shown = value === undefined ? 'is missing' : `is ${describe(value)}`;
    return weightsFault(this.place, null, `"${name}" ${shown}; it must be ${needed}`);
  }
}

/**
 * Relations that every configuration must satisfy whatever file it came from.
 * @throws ServiceError `invalid_weights`
 */
export function checkConfig(place: string, config: ModelConfig): ModelConfig {
  if (config.queryHeads % config.keyValueHeads !== 0) {
    throw weightsFault(
      place,
      null,
      `${config.queryHeads} query heads are not a multiple of ${config.keyValueHeads} key/value heads`,
    );
  }
  if (!Number.isInteger(config.headSize) || config.headSize % 2 !== 0) {
    throw weightsFault(
      place,
      null,
      `a head size of ${config.headSize} is not an even whole number, as the rotary embedding needs`,
    );
  }
  return config;
}

/** Short whatever the value: a lying file may hold lists of millions. */
function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 100));
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : String(value);
}
