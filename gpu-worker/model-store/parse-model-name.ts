import { ServiceError } from '#shared/errors/service-error.ts';

/** A model on the hub: a whole repository (`org/name`), or one GGUF file of it (`org/name:file.gguf`). */
export interface HubModelName {
  readonly repository: string;
  readonly file: string | null;
}

/** Segments that are no path tricks: they become folder names. */
const segment = '[A-Za-z0-9_-][A-Za-z0-9._-]{0,95}';
const pattern = new RegExp(`^(${segment}/${segment})(?::((?:${segment}/){0,3}${segment}\\.gguf))?$`);

/** @throws ServiceError `model_not_found` saying which forms there are */
export function parseHubModelName(model: string): HubModelName {
  const match = pattern.exec(model);
  if (match?.[1] === undefined) {
    throw new ServiceError(
      'model_not_found',
      `The model ${JSON.stringify(model.slice(0, 200))} is neither an existing file or folder nor a hub id (ORG/NAME, or ORG/NAME:FILE.gguf).`,
    );
  }
  return { repository: match[1], file: match[2] ?? null };
}
