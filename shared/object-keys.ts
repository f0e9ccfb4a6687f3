/** Where the adapter with this digest lies in the bucket: bytes that a worker has checked, the same for every tenant who uploaded them. */
export function adapterObjectKey(digest: string): string {
  return `adapters/${digest}.safetensors`;
}

/** Where an upload lies until it is checked; nothing is ever served from here. */
export function uploadObjectKey(uploadId: string): string {
  return `uploads/${uploadId}`;
}

/** Where a dataset lies, as it was sent. */
export function datasetObjectKey(datasetId: string): string {
  return `datasets/${datasetId}`;
}

/** Under which everything of a training job lies but its adapter; ends with a slash. */
export function trainingJobPrefix(jobId: string): string {
  return `training/${jobId}/`;
}

/** Under which the job's workers put checkpoints, and nothing else; ends with a slash. */
export function trainingCheckpointPrefix(jobId: string): string {
  return `${trainingJobPrefix(jobId)}checkpoints/`;
}

/** Where the holder of a lease puts the job's report: each its own, so that a worker that lost its lease overwrites nothing. */
export function trainingReportKey(jobId: string, lease: number): string {
  return `${trainingJobPrefix(jobId)}reports/${lease}.json`;
}

/** Id of the upload in which the holder of a lease hands over the adapter: its object is `uploadObjectKey` of this. */
export function trainingUploadId(jobId: string, lease: number): string {
  return `${jobId}-${lease}`;
}

/** Where the page of that report lies, beside it. */
export function trainingReportPageKey(jobId: string, lease: number): string {
  return `${trainingJobPrefix(jobId)}reports/${lease}.html`;
}
