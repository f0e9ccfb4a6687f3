import { z } from 'zod';
import type { KeyDatabase } from '#cli/keys/key-database.ts';
import { pepperId } from '#shared/api-keys/pepper-id.ts';
import { sqlLiteral } from '#shared/sql/sql-row.ts';

/** Live keys by the pepper that their hash is made with: neither revoked nor expired. */
export interface KeysByPepper {
  /** One count for each pepper of the setting, in its order. */
  readonly counts: readonly number[];
  /** Their row does not say which: no code that names peppers has met them yet. */
  readonly unnamed: number;
  /** Under a pepper that is not in the setting. */
  readonly foreign: number;
  /** The oldest that are not under the first pepper. */
  readonly waiting: readonly WaitingKey[];
}

export type WaitingKey = z.infer<typeof waitingSchema>;

/** Keys that are named at most: enough to ask their owners. */
const waitingMax = 20;

const countSchema = z.object({ pepper_id: z.string().nullable(), keys: z.number() });
const waitingSchema = z.object({ id: z.string(), tenant_id: z.string(), name: z.string() });

export async function countKeysByPepper({ peppers, query }: KeyDatabase, nowMs: number): Promise<KeysByPepper> {
  const ids = await Promise.all([peppers.current, ...peppers.others].map(pepperId));
  const live = `revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ${sqlLiteral(nowMs)})`;
  const rest = `${live} AND pepper_id IS NOT ${sqlLiteral(ids[0] ?? null)}`;
  const found = z
    .array(countSchema)
    .parse(await query(`SELECT pepper_id, count(*) AS keys FROM api_keys WHERE ${live} GROUP BY pepper_id`));
  const waiting = await query(
    `SELECT id, tenant_id, name FROM api_keys WHERE ${rest} ORDER BY created_at, id LIMIT ${waitingMax}`,
  );
  const sum = (belongs: (id: string | null) => boolean) =>
    found.filter(({ pepper_id: id }) => belongs(id)).reduce((total, { keys }) => total + keys, 0);
  return {
    counts: ids.map((id) => sum((other) => other === id)),
    unnamed: sum((id) => id === null),
    foreign: sum((id) => id !== null && !ids.includes(id)),
    waiting: z.array(waitingSchema).parse(waiting),
  };
}
