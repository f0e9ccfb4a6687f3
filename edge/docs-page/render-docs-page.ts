import { html, raw } from 'hono/html';
import { docsPageStyle } from '#edge/docs-page/docs-page-style.ts';
import { type Html, inlineMarkdown } from '#edge/docs-page/inline-markdown.ts';
import { operationAnchor, renderOperation } from '#edge/docs-page/render-operation.ts';
import { renderTable } from '#edge/docs-page/render-table.ts';
import type { OpenApiDocument } from '#edge/openapi/build-openapi-document.ts';
import { fieldRows, type JsonSchema } from '#edge/openapi/describe-schema.ts';
import { groupOperations, type OperationGroup } from '#edge/openapi/group-operations.ts';

/** The OpenAPI document as a page for people: one file without scripts, which loads nothing. `origin` — where the API is, for examples. */
export function renderDocsPage(document: OpenApiDocument, origin: string): Html {
  const { info, tags = [], components } = document;
  const schemas = (components.schemas ?? {}) as Record<string, JsonSchema>;
  const groups = groupOperations(document);
  const tagged = (name: string) => groups.filter(({ operation }) => operation.tags?.includes(name));
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${info.title} API</title>
<style>${raw(docsPageStyle)}</style>
</head>
<body>
<header>
<h1>${info.title} API</h1>
<p>${inlineMarkdown(info.description ?? '')} The same for programs: <a href="/openapi.json">OpenAPI ${document.openapi}</a>.</p>
</header>
<nav aria-label="Routes"><ul>${groups.map(renderLink)}</ul></nav>
<main>
${tags.map(
  ({ name, description = '' }) => html`<section>
<h2>${name}</h2>
<p>${inlineMarkdown(description)}</p>
${tagged(name).map((group) => renderOperation({ group, schemas, origin }))}
</section>`,
)}
<section>
<h2>Schemas</h2>
${Object.entries(schemas).map(([name, schema]) => renderSchema(name, schema))}
</section>
</main>
</body>
</html>
`;
}

function renderLink({ operation }: OperationGroup): Html {
  return html`<li><a href="#${operationAnchor(operation)}">${operation.summary ?? ''}</a></li>`;
}

function renderSchema(name: string, schema: JsonSchema): Html {
  const isList = schema.items?.properties !== undefined;
  const rows = fieldRows(isList ? (schema.items ?? schema) : schema);
  return html`<article id="${name.toLowerCase()}">
<h3>${name}</h3>
${isList ? html`<p>An array of:</p>` : ''}
${renderTable(['field', 'type', 'required', 'meaning'], rows)}
</article>`;
}
