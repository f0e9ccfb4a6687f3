// HEALTHCHECK of the worker's container: status 0 while the worker answers. It asks for liveness; a worker that still loads its model is healthy.
const port = process.env.GPU_WORKER_PORT ?? '8790';
const answer = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
process.exit(answer?.status === 200 ? 0 : 1);
