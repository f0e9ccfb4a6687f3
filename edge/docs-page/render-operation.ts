import { html } from 'hono/html';
import { type Html, inlineMarkdown } from '#edge/docs-page/inline-markdown.ts';
import { renderTable } from '#edge/docs-page/render-table.ts';
import { curlExample } from '#edge/openapi/curl-example.ts';
import { describeType, type JsonSchema } from '#edge/openapi/describe-schema.ts';
import { bodySchema, type Operation, type OperationGroup } from '#edge/openapi/group-operations.ts';

export interface OperationToRender {
  readonly group: OperationGroup;
  readonly schemas: Readonly<Record<string, JsonSchema>>;
  /** Where the API is, for examples. */
  readonly origin: string;
}

/** Routes that do the same: what for, a curl example each, parameters, body and answers. */
export function renderOperation({ group, schemas, origin }: OperationToRender): Html {
  const { operation, routes } = group;
  const access =
    operation.security === undefined
      ? 'No API key needed.'
      : 'Needs an API key: `Authorization: Bearer KEY` or `X-API-Key: KEY`.';
  const examples = routes.map(({ method, path }) => curlExample({ origin, method, path, operation, schemas }));
  return html`<article id="${operationAnchor(operation)}">
<h3>${operation.summary ?? ''}</h3>
<ul class="routes">${routes.map(({ method, path }) => html`<li><b>${method}</b> <code>${path}</code></li>`)}</ul>
<p>${inlineMarkdown(operation.description ?? '')}</p>
<p>${inlineMarkdown(access)}</p>
${examples.map((example) => html`<pre><code>${example}</code></pre>`)}
${renderParameters(operation)}
${renderBody(operation)}
${renderAnswers(operation)}
</article>`;
}

/** The place of an operation on the page. */
export function operationAnchor({ operationId = '' }: Operation): string {
  return operationId.replaceAll('_', '-');
}

function renderParameters({ parameters = [] }: Operation): Html | string {
  if (parameters.length === 0) return '';
  const rows = parameters.map(({ in: place, name, required, description = '', example, schema = {} }) => {
    const shown = example === undefined ? '' : ` Example: \`${JSON.stringify(example)}\``;
    return [`\`${name}\``, place, describeType(schema), required === true ? 'yes' : 'no', description + shown];
  });
  return renderTable(['parameter', 'in', 'type', 'required', 'meaning'], rows);
}

function renderBody({ requestBody }: Operation): Html | string {
  if (requestBody === undefined) return '';
  const schema = bodySchema(requestBody);
  const type = schema === undefined ? Object.keys(requestBody.content ?? {}).join(' or ') : describeType(schema);
  return html`<p>Body: ${inlineMarkdown(type)}.</p>`;
}

function renderAnswers({ responses = {} }: Operation): Html {
  const rows = Object.entries(responses).map(([status, response]) => {
    const schema = bodySchema(response);
    const types = Object.keys(response.content ?? {}).join(' or ') || 'none';
    return [status, schema === undefined ? types : describeType(schema), response.description ?? ''];
  });
  return renderTable(['status', 'body', 'meaning'], rows);
}
