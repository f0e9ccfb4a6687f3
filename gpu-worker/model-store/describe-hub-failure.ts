import { ServiceError } from '#shared/errors/service-error.ts';

/** One sentence for a hub that did not give a repository or file. Errors that already are sentences pass through. */
export function describeHubFailure(error: unknown, repository: string, hubUrl: string): unknown {
  if (error instanceof ServiceError) return error;
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  if (status === 401 || status === 403 || status === 404) {
    return new ServiceError(
      'model_not_found',
      `The hub at ${hubUrl} has no repository ${repository} that may be read (status ${status}); a private or gated one needs a token in HF_TOKEN.`,
      { cause: error },
    );
  }
  if (typeof status === 'number') {
    return new ServiceError(
      'not_ready',
      `The hub at ${hubUrl} answered status ${status} for ${repository}; fetch again later.`,
      {
        cause: error,
      },
    );
  }
  // What fetch throws when it reaches nobody, or when the connection breaks off.
  if (error instanceof TypeError) {
    return new ServiceError(
      'not_ready',
      `The model ${repository} could not be downloaded, because the hub at ${hubUrl} was not reached: check the network and fetch again, or name a local file or folder with --model PATH.`,
      { cause: error },
    );
  }
  return error;
}
