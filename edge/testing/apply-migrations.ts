import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';

/** Setup of every edge test file: the real migrations on a fresh database. */
await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
