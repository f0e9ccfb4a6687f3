/** A version of the edge, as a service binding. */
interface Service {
  fetch(request: Request): Promise<Response>;
}

interface Bindings {
  readonly DB: { prepare(sql: string): { all(): Promise<{ readonly results: readonly unknown[] }> } };
  readonly EDGE_1: Service;
  readonly EDGE_2: Service;
  readonly EDGE_3: Service;
}

type Version = Exclude<keyof Bindings, 'DB'>;

/** The version that requests go to: those that have begun stay where they are. */
let version: Version = 'EDGE_1';

/**
 * Stands for the platform, in workerd: sends each request to the version that is deployed, which `PUT /operations/version` changes from one request to the
 * next as a deployment does, and runs SQL (`POST /operations/sql`) on the database that serves, as `wrangler d1 migrations apply --remote` does.
 */
const platform = {
  async fetch(request: Request, bindings: Bindings): Promise<Response> {
    switch (new URL(request.url).pathname) {
      case '/operations/version':
        version = (await request.text()) as Version;
        return new Response(version);
      case '/operations/sql':
        return Response.json((await bindings.DB.prepare(await request.text()).all()).results);
      default:
        return bindings[version].fetch(request);
    }
  },
};
// biome-ignore lint/style/noDefaultExport: the Workers runtime calls the default export.
export default platform;
