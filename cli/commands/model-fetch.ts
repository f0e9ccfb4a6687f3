import { defineCommand } from 'citty';
import { commandIo } from '#cli/command-line/command-io.ts';
import { createProgressBar, type ProgressBar } from '#cli/output/progress-bar.ts';
import type { FetchProgress } from '#gpu-worker/model-store/fetch-options.ts';
import { resolveModelPath } from '#gpu-worker/model-store/resolve-model-path.ts';

const bytesPerMegabyte = 1_000_000;

/** `hintrank model fetch`: makes sure that a model is here and whole, and prints its path on standard output. */
export const modelFetchCommand = defineCommand({
  meta: { name: 'model fetch', description: 'Download a model, or check that it is here and whole; prints its path' },
  args: {
    model: {
      type: 'string',
      valueHint: 'ID_OR_PATH',
      description: 'A path, or a hub id: ORG/NAME, or ORG/NAME:FILE.gguf. Without it: the default model.',
    },
  },
  async run(context) {
    const io = commandIo(context);
    const bars = new Map<FetchProgress['stage'], ProgressBar>();
    const onProgress = ({ stage, doneBytes, totalBytes }: FetchProgress) => {
      const bar = bars.get(stage);
      if (!bar) for (const earlier of bars.values()) earlier.stop();
      const current = bar ?? createProgressBar(io, `${stage} the model, MB`, true);
      bars.set(stage, current);
      current.update(Math.ceil(doneBytes / bytesPerMegabyte), Math.ceil(totalBytes / bytesPerMegabyte));
    };
    try {
      const path = await resolveModelPath(context.args.model, { onProgress, signal: io.signal });
      await io.print(`${path}\n`);
    } finally {
      for (const bar of bars.values()) bar.stop();
    }
  },
});
