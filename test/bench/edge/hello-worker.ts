import { Hono } from 'hono';

/** The least that the edge's framework does in the same runtime, measured beside the edge: what is above it is ours. */
const app = new Hono();
app.get('/', (context) => context.text('hello'));
// biome-ignore lint/style/noDefaultExport: the Workers runtime calls the default export.
export default app;
