import { extname } from 'node:path';
import { defineCommand } from 'citty';
import { connectionFlags, findConnection } from '#cli/api-client/connection.ts';
import { fetchApi } from '#cli/api-client/fetch-api.ts';
import { commandIo } from '#cli/command-line/command-io.ts';
import { UsageError } from '#cli/command-line/usage-error.ts';
import { stateFolder } from '#cli/engine/state-folder.ts';
import { jobIdArgument, readJobId } from '#cli/training-jobs/job-id-argument.ts';
import { checkOutputPath } from '#gpu-worker/files/check-output-path.ts';
import { writeAtomically } from '#gpu-worker/files/write-atomically.ts';
import type { ReportFormat } from '#shared/protocol/training-report.ts';

const formatOf: Readonly<Record<string, ReportFormat>> = { '.json': 'json', '.html': 'html', '.htm': 'html' };

/** `hintrank job report ID`. */
export const jobReportCommand = defineCommand({
  meta: {
    name: 'job report',
    description: "Fetch a completed training job's report: figures as JSON, or a page with plots",
  },
  args: {
    ...jobIdArgument,
    output: {
      type: 'string',
      valueHint: 'FILE.html|FILE.json',
      description: 'Write the page, or the figures, there. (Default: the figures on standard output)',
    },
    ...connectionFlags,
  },
  async run(context) {
    const { args } = context;
    const io = commandIo(context);
    const id = readJobId(args.id);
    const format = readFormat(args.output);
    if (args.output !== undefined) await checkOutputPath(args.output);
    const connection = await findConnection({ url: args.url, variables: process.env, stateFolder });
    const path = `/v1/training-jobs/${encodeURIComponent(id)}/report?format=${format}`;
    const text = await fetchApi(connection, { method: 'GET', path, signal: io.signal }).then((answer) => answer.text());
    if (args.output === undefined) return io.print(text);
    await writeAtomically(args.output, (write) => write(text));
    io.stderr.write(`Wrote ${args.output}.\n`);
  },
});

function readFormat(output: string | undefined): ReportFormat {
  if (output === undefined) return 'json';
  const format = formatOf[extname(output).toLowerCase()];
  if (format !== undefined) return format;
  throw new UsageError(`--output is "${output}"; it must end in .html (the page) or .json (the figures).`);
}
