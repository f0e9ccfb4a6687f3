import { describe, expect, it } from 'vitest';
import { RotaryTable, rotaryFrequencies } from '#gpu-worker/language-model/rotary-table.ts';
import { everySwitchConfig } from '#test/support/small-manifest.ts';

const config = { ...everySwitchConfig, headSize: 8 };

describe('rotary frequencies', () => {
  it('fall from 1 radian per position by the root of the base', () => {
    expect([...rotaryFrequencies(config)]).toEqual([
      1,
      expect.closeTo(0.1, 15),
      expect.closeTo(0.01, 15),
      expect.closeTo(0.001, 15),
    ]);
  });

  it('are divided by the factor where scaling is linear', () => {
    const scaled = rotaryFrequencies({ ...config, ropeScaling: { kind: 'linear', factor: 4 } });
    expect([...scaled]).toEqual([...rotaryFrequencies(config)].map((frequency) => frequency / 4));
  });

  /** Llama 3.1 8B: `rope_theta` 500,000, head size 128, factor 8, 1 and 4, 8,192. Numbers worked out in 50-digit decimals from its release's formula. */
  it.each([
    [0, 1],
    [28, 0.003211445994752591],
    [29, 0.0021665707635033587],
    [32, 0.0005248461609929547],
    [35, 9.556212353964683e-5],
    [63, 3.068925988914511e-7],
  ])('of Llama 3.1, pair %i is %d', (pair, frequency) => {
    const frequencies = rotaryFrequencies({
      headSize: 128,
      ropeTheta: 500_000,
      ropeScaling: {
        kind: 'llama3',
        factor: 8,
        lowFrequencyFactor: 1,
        highFrequencyFactor: 4,
        originalContextLength: 8_192,
      },
    });
    expect((frequencies[pair] ?? 0) / frequency).toBeCloseTo(1, 12);
  });
});

describe('RotaryTable', () => {
  it('gives cosine and sine of position times frequency', () => {
    const { cosine, sine } = new RotaryTable(config).slice(30, 2);
    const angles = [30, 31].flatMap((position) => [...rotaryFrequencies(config)].map((each) => position * each));
    expect(cosine).toEqual(Float32Array.from(angles, Math.cos));
    expect(sine).toEqual(Float32Array.from(angles, Math.sin));
  });

  it('gives the same numbers however it has grown', () => {
    const grown = new RotaryTable(config);
    const before = grown.slice(3, 2);
    const kept = { cosine: before.cosine.slice(), sine: before.sine.slice() };
    grown.slice(511, 2);
    const late = grown.slice(5_000, 3);
    expect(grown.slice(3, 2)).toEqual(kept);
    expect(before).toEqual(kept);
    expect(late).toEqual(new RotaryTable(config).slice(5_000, 3));
    expect(late.cosine).toHaveLength(3 * 4);
  });

  it('has an empty slice for an empty run', () => {
    expect(new RotaryTable(config).slice(0, 0).cosine).toHaveLength(0);
  });
});
