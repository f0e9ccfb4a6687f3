import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { buildPlayground } from './infra/playground/build-playground.ts';

/** Projects by runtime: `edge` runs inside workerd with the real migrations, everything else in Node processes (native addons crash in threads). */
export default defineConfig({
  test: {
    projects: [
      {
        plugins: [
          cloudflareTest(async () => {
            // wrangler.toml names its folder, which must be there.
            await buildPlayground();
            return {
              wrangler: { configPath: './wrangler.toml' },
              miniflare: {
                // Few enough for a test to pass within a window.
                ratelimits: { RATE_LIMIT_3: { namespace_id: '3', simple: { limit: 3, period: 60 } } },
                analyticsEngineDatasets: { EDGE_METRICS: { dataset: 'hintrank_edge' } },
                bindings: {
                  TEST_MIGRATIONS: await readD1Migrations('./edge/database/migrations'),
                  GPU_WORKER_URLS: 'http://127.0.0.1:1',
                  WORKER_SIGNING_KEY: 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY',
                  API_KEY_PEPPER: 'a pepper for tests of 32 characters or more',
                },
              },
            };
          }),
        ],
        test: {
          name: 'edge',
          include: ['edge/**/*.test.ts'],
          exclude: ['edge/playground/**'],
          setupFiles: ['edge/testing/apply-migrations.ts'],
        },
      },
      { test: { name: 'playground', include: ['edge/playground/**/*.test.ts'] } },
      { test: { name: 'shared', include: ['shared/**/*.test.ts'] } },
      {
        test: {
          name: 'gpu-worker',
          include: ['gpu-worker/**/*.test.ts', 'cli/**/*.test.ts', 'infra/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 60_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'golden',
          include: ['test/golden/**/*.test.ts'],
          globalSetup: ['test/support/fetch-model-once.ts'],
          pool: 'forks',
          testTimeout: 120_000,
          hookTimeout: 600_000,
        },
      },
      {
        // A real Chromium over the whole local stack; without one it fails, and says what to do.
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'clients',
          include: ['test/clients/**/*.test.ts'],
          globalSetup: ['test/support/provide-client-edge.ts'],
          pool: 'forks',
          testTimeout: 60_000,
        },
      },
      {
        // Needs the tools of infra/tools, so it is no part of `npm test`: see `npm run test:deployment`.
        test: {
          name: 'deployment',
          include: ['test/deployment/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        // Needs toxiproxy, of infra/tools: `npm run test:s3` fetches it.
        test: {
          name: 'faults',
          include: ['test/system/training-faults/**/*.test.ts'],
          pool: 'forks',
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'system',
          include: ['test/**/*.test.ts'],
          exclude: [
            'test/golden/**',
            'test/clients/**',
            'test/deployment/**',
            'test/browser/**',
            'test/system/training-faults/**',
          ],
          globalSetup: ['test/support/fetch-model-once.ts'],
          pool: 'forks',
          testTimeout: 120_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
