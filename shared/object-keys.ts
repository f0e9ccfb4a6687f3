/** Where the adapter with this digest lies in the bucket: bytes that a worker has checked, the same for every tenant who uploaded them. */
export function adapterObjectKey(digest: string): string {
  return `adapters/${digest}.safetensors`;
}

/** Where an upload lies until it is checked; nothing is ever served from here. */
export function uploadObjectKey(uploadId: string): string {
  return `uploads/${uploadId}`;
}
