import { createApp } from '#edge/app.ts';
import { createDependencies } from '#edge/dependencies.ts';
import type { EdgeBindings } from '#edge/environment.ts';
import { log } from '#edge/log.ts';
import { runScheduledWork } from '#edge/scheduled/run-scheduled-work.ts';

const app = createApp({ createDependencies, log });

export default {
  fetch: app.fetch,
  scheduled: (_event: unknown, bindings: EdgeBindings) =>
    runScheduledWork(createDependencies(bindings).adapterManagement),
};
