import { join } from 'node:path';
import { pythonEnvironment } from '#test/support/python-environment.ts';

/** The versions that the step was written for. */
const packages = ['torch==2.15.0', 'transformers==5.23.0', 'gguf==0.19.0'];

/**
 * Puts PyTorch with what it needs into a virtual environment in `folder` (git-ignored) unless it is there, and returns its interpreter.
 * On Linux x64 the index's wheel brings CUDA libraries along, which it loads even where there is no GPU: some 5.6 GB on disk. A CPU-only wheel
 * from another index comes by pip's own settings (PIP_INDEX_URL).
 */
export function fetchPyTorch(folder: string, onProgress: (sentence: string) => void): Promise<string> {
  const place = join(folder, 'pytorch');
  const onFetch = () => onProgress(`fetching ${packages.join(', ')} into ${place} (on Linux x64 some 5.6 GB, once)`);
  return pythonEnvironment({ place, requirements: packages, onFetch });
}
