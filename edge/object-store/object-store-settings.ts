/** The S3-compatible bucket that adapters lie in. */
export interface ObjectStoreSettings {
  /** S3_ENDPOINT: base URL of the service, as clients reach it too: presigned URLs name it. */
  readonly endpoint: string;
  /** S3_BUCKET: must be the workers' own, or every upload fails as not found. */
  readonly bucket: string;
  /** S3_REGION, default `auto` (right for R2): what requests are signed for. Another than the bucket's: the store refuses every call. */
  readonly region: string;
  /** S3_PATH_STYLE, default `true`: the bucket is the first part of the path, as every service understands; `false`: it is a sub-domain. */
  readonly pathStyle: boolean;
  /** S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY, secrets: may read, write and delete in the bucket. */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The variables that they are read from; all are absent where no adapters are served. */
export interface ObjectStoreBindings {
  readonly S3_ENDPOINT?: string;
  readonly S3_BUCKET?: string;
  readonly S3_REGION?: string;
  readonly S3_PATH_STYLE?: string;
  readonly S3_ACCESS_KEY_ID?: string;
  readonly S3_SECRET_ACCESS_KEY?: string;
}

/** undefined where no bucket is named: adapters can then be served, but neither uploaded nor deleted. Adds what is wrong to `problems`, without secrets. */
export function parseObjectStoreSettings(
  bindings: ObjectStoreBindings,
  problems: string[],
): ObjectStoreSettings | undefined {
  const { S3_ENDPOINT: endpoint = '', S3_BUCKET: bucket = '', S3_REGION: region = '' } = bindings;
  const { S3_ACCESS_KEY_ID: accessKeyId = '', S3_SECRET_ACCESS_KEY: secretAccessKey = '' } = bindings;
  if (bucket === '') return undefined;
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '') {
    problems.push(`S3_ENDPOINT: "${endpoint}" is not an http(s) URL without query and fragment, and S3_BUCKET is set`);
  }
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) problems.push(`S3_BUCKET: "${bucket}" is no bucket's name`);
  if (accessKeyId === '' || secretAccessKey === '') {
    problems.push('S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY: both are needed where S3_BUCKET is set');
  }
  const pathStyle = bindings.S3_PATH_STYLE ?? 'true';
  if (!['true', 'false'].includes(pathStyle)) problems.push(`S3_PATH_STYLE is "${pathStyle}"; it can be true or false`);
  return {
    endpoint: endpoint.replace(/\/+$/, ''),
    bucket,
    region: region === '' ? 'auto' : region,
    pathStyle: pathStyle === 'true',
    accessKeyId,
    secretAccessKey,
  };
}
