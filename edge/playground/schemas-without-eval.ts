import { config } from 'zod';

/** Schemas must not compile themselves with `new Function`, which the page's policy forbids. Imported before any schema is made. */
config({ jitless: true });
