import { useEffect, useState } from 'preact/hooks';
import type { ApiPorts } from '#edge/playground/api/call-api.ts';
import { KeyField } from '#edge/playground/components/key-field.tsx';
import { AdaptersPage } from '#edge/playground/pages/adapters-page.tsx';
import { RerankPage } from '#edge/playground/pages/rerank-page.tsx';
import { TrainingPage } from '#edge/playground/pages/training-page.tsx';

export interface AppProps {
  readonly ports: ApiPorts;
  /** Empty: none yet. */
  readonly initialKey: string;
  /** Of the API, for examples. */
  readonly origin: string;
}

const pageNames = { rerank: 'Rerank', adapters: 'Adapters', training: 'Training' } as const;
type PageName = keyof typeof pageNames;

/** The frame of all pages. It alone holds the key: in memory, so that it is gone with the tab. */
export function App({ ports, initialKey, origin }: AppProps) {
  const [key, setKey] = useState(initialKey);
  const page = usePageName();
  return (
    <>
      <a class="skip" href="#main">
        To the content
      </a>
      <header class="bar">
        <h1>Hintrank</h1>
        <nav aria-label="Pages">
          {Object.entries(pageNames).map(([name, label]) => (
            <a key={name} href={`#${name}`} aria-current={name === page ? 'page' : undefined}>
              {label}
            </a>
          ))}
          <a href="/docs">API</a>
        </nav>
        <KeyField value={key} onChange={setKey} />
      </header>
      <main id="main" tabIndex={-1}>
        {/* Kept while another page is shown, with what was typed. */}
        <div hidden={page !== 'rerank'}>
          <RerankPage ports={ports} apiKey={key} origin={origin} />
        </div>
        {page === 'adapters' && <AdaptersPage key={key} ports={ports} apiKey={key} />}
        {page === 'training' && <TrainingPage key={key} ports={ports} apiKey={key} />}
      </main>
    </>
  );
}

/** The page that the address's fragment names. */
function usePageName(): PageName {
  const read = (): PageName => {
    const name = window.location.hash.slice(1);
    return name === 'adapters' || name === 'training' ? name : 'rerank';
  };
  const [name, setName] = useState(read);
  useEffect(() => {
    // “To the content” is a fragment too, and no page.
    const follow = () => window.location.hash !== '#main' && setName(read());
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, []);
  return name;
}
