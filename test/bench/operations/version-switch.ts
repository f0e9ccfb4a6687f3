/** A version of the edge, as a service binding. */
interface Service {
  fetch(request: Request): Promise<Response>;
}

interface Database {
  prepare(sql: string): { all(): Promise<{ readonly results: readonly unknown[] }> };
}

/** Beside the database, the versions by their names. */
type Bindings = Readonly<Record<string, Service>> & { readonly DB: Database };

/** The version that requests go to: those that have begun stay where they are. */
let version = '';

/**
 * Stands for the platform, in workerd: sends each request to the version that is deployed, which `PUT /operations/version` changes from one request to the
 * next as a deployment does, and runs SQL (`POST /operations/sql`) on the database that serves, as `wrangler d1 migrations apply --remote` does.
 */
const platform = {
  async fetch(request: Request, bindings: Bindings): Promise<Response> {
    switch (new URL(request.url).pathname) {
      case '/operations/version':
        version = await request.text();
        return new Response(version, { status: version in bindings ? 200 : 404 });
      case '/operations/sql':
        return Response.json((await bindings.DB.prepare(await request.text()).all()).results);
      default:
        return bindings[version]?.fetch(request) ?? new Response('No version is deployed.', { status: 503 });
    }
  },
};
// biome-ignore lint/style/noDefaultExport: the Workers runtime calls the default export.
export default platform;
