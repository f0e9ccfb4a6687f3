import { defineCommand } from 'citty';
import { commandIo } from '#cli/command-line/command-io.ts';
import { createFetchProgress } from '#cli/output/fetch-progress.ts';
import { resolveModelPath } from '#gpu-worker/model-store/resolve-model-path.ts';

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
    const progress = createFetchProgress(io);
    try {
      const path = await resolveModelPath(context.args.model, { onProgress: progress.onProgress, signal: io.signal });
      await io.print(`${path}\n`);
    } finally {
      progress.stop();
    }
  },
});
