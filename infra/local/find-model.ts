import type { FetchProgress } from '#gpu-worker/model-store/fetch-options.ts';
import { resolveModelPath } from '#gpu-worker/model-store/resolve-model-path.ts';

/** Share of a download after which another line is printed. */
const progressStep = 0.1;

/** The model's path, fetched once where it is missing. Throws ServiceError with one sentence when it cannot be had. */
export async function findModel(
  model: string | undefined,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<string> {
  let lastLine = '';
  const onProgress = ({ stage, doneBytes, totalBytes }: FetchProgress) => {
    const step = Math.floor(doneBytes / totalBytes / progressStep);
    const line = `Fetching the model: ${stage}, ${Math.round(step * progressStep * 100)} % of ${Math.round(totalBytes / 1e6)} MB`;
    if (line !== lastLine) say(line);
    lastLine = line;
  };
  return resolveModelPath(model, { onProgress, signal });
}
