import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a benchmark found: for programs, for people, and as pictures. */
export interface BenchmarkReport {
  /** File name without an ending. */
  readonly name: string;
  readonly json: object;
  readonly markdown: string;
  readonly plots: readonly { readonly name: string; readonly svg: string }[];
}

export interface ReportChoice {
  /** Folder that gets `NAME.json`, `NAME.md` and the plots; made if missing. */
  readonly output?: string | undefined;
  readonly json: boolean;
}

/** Writes all forms of a report into the folder, if there is one, and returns the text to print. */
export async function writeBenchmarkReport(report: BenchmarkReport, { output, json }: ReportChoice): Promise<string> {
  const text = `${JSON.stringify(report.json, null, 2)}\n`;
  if (output !== undefined) {
    await mkdir(output, { recursive: true });
    const pictures = report.plots.map(({ name }) => `![${name}](${name}.svg)\n`);
    await writeFile(join(output, `${report.name}.json`), text);
    await writeFile(join(output, `${report.name}.md`), [report.markdown, ...pictures].join('\n'));
    for (const { name, svg } of report.plots) await writeFile(join(output, `${name}.svg`), svg);
  }
  return json ? text : report.markdown;
}
