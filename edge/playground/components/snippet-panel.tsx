import { useState } from 'preact/hooks';
import { renderSnippets, type Snippet } from '#edge/playground/snippets/render-snippets.ts';

export interface SnippetPanelProps {
  readonly origin: string;
  /** Of the request that the form says now. */
  readonly body: object;
}

/** The request as code, without the key. */
export function SnippetPanel({ origin, body }: SnippetPanelProps) {
  const [language, setLanguage] = useState<Snippet['language']>('curl');
  const [copied, setCopied] = useState('');
  const snippets = renderSnippets(origin, body);
  const code = snippets.find((snippet) => snippet.language === language)?.code ?? '';
  const copy = async () => {
    const done = await navigator.clipboard.writeText(code).then(
      () => true,
      () => false,
    );
    setCopied(done ? 'Copied.' : 'The browser did not allow it; select the text instead.');
  };
  return (
    <details class="snippets">
      <summary>Call it from code</summary>
      <div class="buttons">
        {snippets.map((snippet) => (
          <button
            key={snippet.language}
            type="button"
            aria-pressed={snippet.language === language}
            onClick={() => {
              setLanguage(snippet.language);
              setCopied('');
            }}
          >
            {snippet.language}
          </button>
        ))}
        <button type="button" class="primary" onClick={() => void copy()}>
          Copy
        </button>
        <span role="status">{copied}</span>
      </div>
      <p class="help">
        The key comes from the environment: <code>HINTRANK_API_KEY</code>.
      </p>
      <pre>
        <code>{code}</code>
      </pre>
    </details>
  );
}
