import type { adapterUploads } from '#edge/database/schema.ts';

/** An upload of a tenant; `digest` is known from the start for presigned ones, at the end for streamed ones. */
export type UploadRow = typeof adapterUploads.$inferSelect;
