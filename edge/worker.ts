import { createApp } from '#edge/app.ts';
import { createDependencies } from '#edge/dependencies.ts';
import { log } from '#edge/log.ts';

export default createApp({ createDependencies, log });
