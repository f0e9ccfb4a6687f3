import '#edge/playground/schemas-without-eval.ts';
import { render } from 'preact';
import { takeKey } from '#edge/playground/access/take-key.ts';
import { App } from '#edge/playground/app.tsx';
import './styles/base.css';
import './styles/form.css';
import './styles/ranking.css';
import './styles/pages.css';

const root = document.getElementById('app');
if (root === null) throw new Error('index.html has no element "app".');
const initialKey = takeKey(window) ?? '';
const ports = { fetch: window.fetch.bind(window), now: () => performance.now() };
render(<App ports={ports} initialKey={initialKey} origin={window.location.origin} />, root);
