/** The page's only style sheet; system fonts and colours, so that nothing is loaded. Its hash stands in the content security policy. */
export const docsPageStyle = `
:root { color-scheme: light dark; --line: light-dark(#d8dce3, #3a3f4a); --code: light-dark(#f3f5f8, #1d2027); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem; font: 1rem/1.55 system-ui, sans-serif; }
nav ul { list-style: none; padding: 0; columns: 16rem; }
nav li { break-inside: avoid; }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); }
article { margin: 2rem 0; }
.routes { list-style: none; padding: 0; }
code, pre { font-family: ui-monospace, monospace; font-size: 0.875rem; overflow-wrap: anywhere; }
code { background: var(--code); border-radius: 0.25rem; padding: 0.1em 0.3em; }
pre { background: var(--code); border-radius: 0.5rem; padding: 0.75rem 1rem; overflow-x: auto; white-space: pre-wrap; }
pre code { padding: 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
th, td { border-bottom: 1px solid var(--line); padding: 0.4rem 0.75rem 0.4rem 0; text-align: left; vertical-align: top; }
`;
