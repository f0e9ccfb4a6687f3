declare namespace Cloudflare {
  /** What `cloudflare:workers` gives tests: the bindings of wrangler.toml, and those that vitest.config.ts adds. */
  interface Env {
    readonly DB: D1Database;
    readonly TEST_MIGRATIONS: import('cloudflare:test').D1Migration[];
  }
}
