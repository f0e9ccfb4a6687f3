import { createHash } from 'node:crypto';
import { defineCommand } from 'citty';
import { commandIo } from '#cli/command-line/command-io.ts';
import { UsageError } from '#cli/command-line/usage-error.ts';
import { readAdapterFile } from '#cli/engine/open-engine.ts';
import { describeAdapter } from '#gpu-worker/scoring/adapters/describe-adapter.ts';
import { parseAdapterFile } from '#shared/adapter-file/parse-adapter-file.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** `hintrank adapter inspect FILE`: what a file is, checked as the service checks it but for the base model; without a service and a model. */
export const adapterInspectCommand = defineCommand({
  meta: { name: 'adapter inspect', description: 'Check an adapter file on this machine and print what it is, as JSON' },
  args: {
    file: { type: 'positional', required: false, valueHint: 'FILE', description: 'The adapter file (safetensors)' },
  },
  async run(context) {
    const { args } = context;
    if (args.file === undefined || args.file === '') throw new UsageError('Name the adapter file.');
    const { path, bytes } = await readAdapterFile(args.file);
    const adapter = parse(path, bytes);
    const digest = createHash('sha256').update(bytes).digest('hex');
    const { format, training = null, calibration = null } = adapter.config;
    const shown = { digest, bytes: bytes.length, format, ...describeAdapter(adapter), training, calibration };
    await commandIo(context).print(`${JSON.stringify(shown, null, 2)}\n`);
  },
});

function parse(path: string, bytes: Uint8Array) {
  try {
    return parseAdapterFile(bytes);
  } catch (error) {
    if (error instanceof ServiceError)
      throw new ServiceError(error.code, `${path}: ${error.message}`, { cause: error });
    throw error;
  }
}
