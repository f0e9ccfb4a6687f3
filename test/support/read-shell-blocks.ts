/** The text of one section, from its heading (`## Name`) to the next one of its level. Throws an Error where there is none. */
function readSection(page: string, heading: string): string {
  const level = heading.slice(0, heading.indexOf(' ') + 1);
  const start = page.indexOf(`\n${heading}\n`);
  if (start < 0) throw new Error(`the page has no section "${heading}"`);
  const end = page.indexOf(`\n${level}`, start + heading.length + 1);
  return page.slice(start, end < 0 ? undefined : end);
}

/** The blocks of shell commands of a section, in order, without the indentation of lists. */
export function readShellBlocks(page: string, heading: string): string[] {
  const blocks = readSection(page, heading).matchAll(/^( *)```sh\n([\s\S]*?)^\1```$/gm);
  return [...blocks].map(([, indentation = '', text = '']) => text.replaceAll(new RegExp(`^${indentation}`, 'gm'), ''));
}
