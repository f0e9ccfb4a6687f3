import type { CommandIo } from '#cli/command-line/command-io.ts';
import { createProgressBar, type ProgressBar } from '#cli/output/progress-bar.ts';
import type { FetchProgress } from '#gpu-worker/model-store/fetch-options.ts';

const bytesPerMegabyte = 1_000_000;

/** Shows a model's fetch on standard error, a bar for each of its stages one after the other. */
export function createFetchProgress(io: CommandIo): { onProgress(progress: FetchProgress): void; stop(): void } {
  const bars = new Map<FetchProgress['stage'], ProgressBar>();
  const stop = (): void => {
    for (const bar of bars.values()) bar.stop();
  };
  return {
    onProgress({ stage, doneBytes, totalBytes }) {
      let bar = bars.get(stage);
      if (bar === undefined) {
        stop();
        bar = createProgressBar(io, `${stage} the model, MB`, true);
        bars.set(stage, bar);
      }
      bar.update(Math.floor(doneBytes / bytesPerMegabyte), Math.ceil(totalBytes / bytesPerMegabyte));
    },
    stop,
  };
}
