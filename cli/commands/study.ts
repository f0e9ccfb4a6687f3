import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { commandIo } from '#cli/command-line/command-io.ts';
import { parseInteger } from '#cli/command-line/parse-values.ts';
import { UsageError } from '#cli/command-line/usage-error.ts';
import { parseEngineFlags } from '#cli/engine/engine-flags.ts';
import type { Study } from '#cli/study/study.ts';
import { parseStudySizes, studyFlags } from '#cli/study/study-flags.ts';
import { studyTable } from '#cli/study/study-table.ts';

export const studyCommand = defineCommand({
  meta: {
    name: 'study',
    description: `Repeat one of the paper’s experiments: train, measure, plot, and say what the figures show. Studies: ${studyTable.map(({ name, title }) => `${name} (${title})`).join(', ')}`,
  },
  args: studyFlags,
  async run(context) {
    const { args } = context;
    const io = commandIo(context);
    const study = findStudy(args.name);
    if (args.run !== undefined && !study.takesRun) throw new UsageError(`--run is of no use in ${study.name}.`);
    const engine = parseEngineFlags({ model: args.model, threads: args.threads, precision: args.precision });
    const inputs = { sizes: parseStudySizes(args), runPath: args.run };
    // Imported here, so that --help and a wrong flag never wait for the native library and the plots.
    const [{ runStudy }, { plotStudy }, { renderStudyMarkdown }, { renderStudyJson }] = await Promise.all([
      import('#cli/study/run-study.ts'),
      import('#cli/study/report/study-plots.ts'),
      import('#cli/study/report/render-study-markdown.ts'),
      import('#cli/study/report/render-study-json.ts'),
    ]);
    const withTitle = args['with-title'] === true;
    const { data, output: folder } = args;
    const prefixBytesMax = parseInteger('prefix-cache-gb', args['prefix-cache-gb'], 0, 10_000) * 1e9;
    const report = await runStudy({ study, data, folder, inputs, engine, prefixBytesMax, withTitle, io });
    const plots = plotStudy(report);
    const markdown = renderStudyMarkdown(report, plots);
    const json = renderStudyJson(report);
    for (const { name: file, svg } of plots) await writeFile(join(folder, file), svg);
    await writeFile(join(folder, `${study.name}.md`), markdown);
    await writeFile(join(folder, `${study.name}.json`), json);
    await io.print(args.json === true ? json : markdown);
  },
});

/** @throws UsageError with the names that there are */
function findStudy(name: string): Study {
  const study = studyTable.find((candidate) => candidate.name === name);
  if (study !== undefined) return study;
  throw new UsageError(`There is no study "${name}": name one of ${studyTable.map((one) => one.name).join(', ')}.`);
}
