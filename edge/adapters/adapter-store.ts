import type { D1Database } from '@cloudflare/workers-types';
import { and, asc, desc, eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import type { AdapterStore, AdapterVersion } from '#edge/adapters/adapter-version.ts';
import { adapterVersions } from '#edge/database/schema.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** Rows read for one list. */
const listedVersionsMax = 1_000;

const columns = {
  name: adapterVersions.name,
  version: adapterVersions.version,
  digest: adapterVersions.digest,
  baseModel: adapterVersions.baseModel,
  template: adapterVersions.template,
  createdAtMs: adapterVersions.createdAtMs,
};

/** Adapter versions in D1. Every query names the tenant; adapters of another base model do not exist here. */
export function createAdapterStore(database: D1Database, baseModel: string): AdapterStore {
  const db = drizzle(database);
  const ofTenant = (tenantId: string) =>
    and(eq(adapterVersions.tenantId, tenantId), eq(adapterVersions.baseModel, baseModel));
  return {
    find: async (tenantId, name, version) => {
      const named = and(ofTenant(tenantId), eq(adapterVersions.name, name));
      const wanted = version === undefined ? named : and(named, eq(adapterVersions.version, version));
      const query = db.select(columns).from(adapterVersions).where(wanted).orderBy(desc(adapterVersions.version));
      const [row] = await answered<AdapterVersion[]>(query.limit(1), `adapter "${name}"`);
      return row;
    },
    list: (tenantId) => {
      const query = db.select(columns).from(adapterVersions).where(ofTenant(tenantId));
      const ordered = query.orderBy(asc(adapterVersions.name), desc(adapterVersions.version));
      return answered(ordered.limit(listedVersionsMax), 'the list of adapters');
    },
  };
}

async function answered<Value>(query: PromiseLike<Value>, wanted: string): Promise<Value> {
  try {
    return await query;
  } catch (cause) {
    const message = `The adapter registry does not answer, so ${wanted} cannot be read; retry, or leave out the model for the base model.`;
    throw new ServiceError('adapter_unavailable', message, { param: 'model', retryAfterSeconds: 5, cause });
  }
}
