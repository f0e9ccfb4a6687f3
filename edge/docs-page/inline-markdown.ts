import { html } from 'hono/html';

export type Html = ReturnType<typeof html>;

/** Code, or a link to a place of the page: all the Markdown that descriptions in the document use. */
const marked = /`([^`]+)`|\[([^\]]+)\]\((#[\w-]+)\)/g;

/** A description as HTML: `code` and [links](#to-schemas), everything else as it is. */
export function inlineMarkdown(text: string): Html {
  const parts: (string | Html)[] = [];
  let end = 0;
  for (const { 0: whole, 1: code, 2: label, 3: target, index } of text.matchAll(marked)) {
    parts.push(text.slice(end, index));
    parts.push(code === undefined ? html`<a href="${target}">${label}</a>` : html`<code>${code}</code>`);
    end = index + whole.length;
  }
  parts.push(text.slice(end));
  return html`${parts}`;
}
