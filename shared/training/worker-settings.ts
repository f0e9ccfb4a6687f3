import type { TrainingJobSettings } from '#shared/protocol/training-settings.ts';

/** The settings in the worker's own names, for trainingSettingsSchema: camelCase instead of snake_case, all the way down. */
export function workerSettings(method: string, settings: TrainingJobSettings): Record<string, unknown> {
  return { method, ...renamed(settings) };
}

function renamed(fields: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]: [string, unknown]) => [
        name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
        typeof value === 'object' && value !== null ? renamed(value) : value,
      ]),
  );
}
