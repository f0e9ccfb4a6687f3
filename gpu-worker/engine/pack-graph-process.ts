import { writePackedGraph } from '#gpu-worker/engine/write-packed-graph.ts';

/** Entry point of the process that packs one graph: `SOURCE TARGET`. Ends with status 1 and the reason on standard error where it cannot. */
const [source, target] = process.argv.slice(2);
if (source === undefined || target === undefined) throw new Error('pack-graph-process.ts takes a source and a target');
await writePackedGraph(source, target);
