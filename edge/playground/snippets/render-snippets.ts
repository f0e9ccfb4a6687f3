/** A call as somebody would write it. The key is never part of it: it is read from the environment. */
export interface Snippet {
  readonly language: 'curl' | 'TypeScript' | 'Python';
  readonly code: string;
}

/** The request of the page as curl, TypeScript and Python. `origin` — of the API, without a slash at the end. */
export function renderSnippets(origin: string, body: object): Snippet[] {
  const address = `${origin}/v2/rerank`;
  return [
    { language: 'curl', code: renderCurl(address, body) },
    { language: 'TypeScript', code: renderTypeScript(address, body) },
    { language: 'Python', code: renderPython(address, body) },
  ];
}

function renderCurl(address: string, body: object): string {
  return [
    `curl -s ${shellQuote(address)} \\`,
    `  -H "Authorization: Bearer $HINTRANK_API_KEY" \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d ${shellQuote(JSON.stringify(body, null, 2))}`,
  ].join('\n');
}

/** Single quotes keep everything in POSIX shells as it is, but a single quote. */
function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function renderTypeScript(address: string, body: object): string {
  return `const response = await fetch(${JSON.stringify(address)}, {
  method: 'POST',
  headers: {
    Authorization: \`Bearer \${process.env.HINTRANK_API_KEY}\`,
    'Content-Type': 'application/json',
  },
  body: JSON.stringify(${JSON.stringify(body, null, 2).replaceAll('\n', '\n  ')}),
});
if (!response.ok) throw new Error(await response.text());
const { results } = await response.json();
for (const { index, relevance_score } of results) console.log(index, relevance_score);`;
}

function renderPython(address: string, body: object): string {
  return `import json, os, urllib.request

request = urllib.request.Request(
    ${JSON.stringify(address)},
    headers={
        "Authorization": f"Bearer {os.environ['HINTRANK_API_KEY']}",
        "Content-Type": "application/json",
    },
    data=json.dumps(${pythonLiteral(body, '    ')}).encode(),
)
with urllib.request.urlopen(request) as response:
    for result in json.load(response)["results"]:
        print(result["index"], result["relevance_score"])`;
}

/** JSON's values as Python writes them; its strings are Python's too. `indent` — of the line that it begins on. */
function pythonLiteral(value: unknown, indent: string): string {
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (value === null || value === undefined) return 'None';
  if (typeof value !== 'object') return JSON.stringify(value);
  const inner = `${indent}    `;
  const [open, close, items] = Array.isArray(value)
    ? ['[', ']', value.map((item) => pythonLiteral(item, inner))]
    : ['{', '}', membersOf(value).map(([name, item]) => `${JSON.stringify(name)}: ${pythonLiteral(item, inner)}`)];
  if (items.length === 0) return open + close;
  return `${open}\n${items.map((item) => `${inner}${item},\n`).join('')}${indent}${close}`;
}

/** What JSON would have of it. */
function membersOf(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, item]) => item !== undefined);
}
