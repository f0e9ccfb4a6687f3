import type { HardwareProfile } from '#cli/capacity-plan/hardware/hardware-profile.ts';
import { modelSizes } from '#cli/capacity-plan/hardware/model-sizes.ts';
import { UsageError } from '#cli/command-line/usage-error.ts';

/** Bytes of one number of keys and values, by the precision of the linear layers. */
const keyValueNumberBytes = { int8: 2, fp16: 2, fp32: 4 } as const;

/**
 * The profile for another model: what is computed and the weights grow with the parameters, keys and values as the model's configuration says. An
 * estimate: attention grows less than that, and what fits into a processor's caches may no longer do so.
 * @throws UsageError when the model's size is not known
 */
export function scaleToModel(profile: HardwareProfile, name: string): HardwareProfile {
  const size = Object.hasOwn(modelSizes, name) ? modelSizes[name] : undefined;
  if (size === undefined)
    throw new UsageError(`--model must be one of ${Object.keys(modelSizes).join(', ')}, not "${name}".`);
  const { model, milliseconds: times, memory } = profile;
  const factor = size.parameters / model.parameters;
  return {
    ...profile,
    model: {
      ...{ name, parameters: size.parameters, precision: model.precision },
      keyValueBytesPerToken: size.keyValueNumbers * keyValueNumberBytes[model.precision],
    },
    milliseconds: {
      ...times,
      prefixRun: times.prefixRun * factor,
      prefixRow: times.prefixRow * factor,
      prefixRowSquared: times.prefixRowSquared * factor,
      suffixRun: times.suffixRun * factor,
      suffixRow: times.suffixRow * factor,
      suffixRowPast: times.suffixRowPast * factor,
      hints: times.hints * factor,
    },
    memory: { ...memory, weights: Math.round(memory.weights * factor) },
  };
}
