import { createApp } from '#edge/app.ts';
import { createDependencies } from '#edge/dependencies.ts';
import type { EdgeBindings } from '#edge/environment.ts';
import { log } from '#edge/log.ts';
import { runScheduledWork } from '#edge/scheduled/run-scheduled-work.ts';
import { consumeMessages, type QueuedMessage } from '#edge/training/consume-messages.ts';
import { sweepTraining } from '#edge/training/sweep-training.ts';

const app = createApp({ createDependencies, log });

export default {
  fetch: app.fetch,
  scheduled: async (_event: unknown, bindings: EdgeBindings) => {
    const { adapterManagement, training } = createDependencies(bindings);
    await Promise.all([runScheduledWork(adapterManagement), sweepTraining(training.service, training)]);
  },
  queue: async ({ messages }: { readonly messages: readonly QueuedMessage[] }, bindings: EdgeBindings) => {
    const { training, tracing } = createDependencies(bindings);
    await consumeMessages(training.service, training.jobs, messages, tracing);
    await tracing?.flush();
  },
};
