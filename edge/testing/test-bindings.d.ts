declare namespace Cloudflare {
  /** What `cloudflare:workers` gives tests: the bindings of wrangler.toml, and those that vitest.config.ts adds. */
  interface Env {
    readonly DB: D1Database;
    readonly TRAINING_QUEUE: Queue;
    readonly ASSETS: Fetcher;
    readonly TEST_MIGRATIONS: import('cloudflare:test').D1Migration[];
  }
  /** Types `exports.default`: the worker as it is deployed. */
  interface GlobalProps {
    mainModule: typeof import('#edge/worker.ts');
  }
}

interface ImportMeta {
  /** Vite's: the default exports of the files that match, by path. */
  glob<Value>(pattern: string, options: { query: string; import: 'default'; eager: true }): Record<string, Value>;
}
