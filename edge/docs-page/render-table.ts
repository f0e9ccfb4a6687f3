import { html } from 'hono/html';
import { type Html, inlineMarkdown } from '#edge/docs-page/inline-markdown.ts';

/** A table whose cells are descriptions; a wide one scrolls by itself. */
export function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): Html {
  return html`<div class="wide"><table>
<thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${inlineMarkdown(cell)}</td>`)}</tr>`)}</tbody>
</table></div>`;
}
