import { relative } from 'node:path';
import { buildPlayground } from '#infra/playground/build-playground.ts';

/** `npm run build`: what a deployment uploads beside the Worker. */
process.stdout.write(`The playground is in ${relative(process.cwd(), await buildPlayground())}.\n`);
