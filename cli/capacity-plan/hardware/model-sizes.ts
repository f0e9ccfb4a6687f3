/** What a model costs, from its published configuration. */
export interface ModelSize {
  readonly parameters: number;
  /** Numbers of keys and values of one token: 2 × layers × K/V heads × head size. */
  readonly keyValueNumbers: number;
}

/** Models whose cost can be estimated from another one's measured times. */
export const modelSizes: Readonly<Record<string, ModelSize>> = {
  'smollm2-135m': { parameters: 134_515_008, keyValueNumbers: 2 * 30 * 3 * 64 },
  'smollm2-360m': { parameters: 361_821_120, keyValueNumbers: 2 * 32 * 5 * 64 },
  'smollm2-1.7b': { parameters: 1_711_376_384, keyValueNumbers: 2 * 24 * 32 * 64 },
  'qwen3-0.6b': { parameters: 596_049_920, keyValueNumbers: 2 * 28 * 8 * 128 },
  'llama-3.2-1b': { parameters: 1_235_814_400, keyValueNumbers: 2 * 16 * 8 * 64 },
  'llama-3.2-3b': { parameters: 3_212_749_824, keyValueNumbers: 2 * 28 * 8 * 128 },
  'llama-3.1-8b': { parameters: 8_030_261_248, keyValueNumbers: 2 * 32 * 8 * 128 },
  'llama-2-7b': { parameters: 6_738_415_616, keyValueNumbers: 2 * 32 * 32 * 128 },
};
