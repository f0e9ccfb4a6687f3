import { defineConfig } from 'drizzle-kit';

/** `npm run migrations` writes the SQL that turns the last migration's schema into edge/database/schema.ts; wrangler applies it. */
export default defineConfig({
  dialect: 'sqlite',
  driver: 'd1-http',
  schema: ['./edge/database/schema.ts', './edge/database/training-schema.ts'],
  out: './edge/database/migrations',
});
