import { useState } from 'preact/hooks';
import type { ApiPorts } from '#edge/playground/api/call-api.ts';
import { FaultNotice } from '#edge/playground/components/fault-notice.tsx';
import { useAnswer } from '#edge/playground/components/use-answer.ts';
import {
  type AdapterResponse,
  type AdapterVersionResponse,
  adapterListSchema,
  adapterVersionListSchema,
} from '#shared/protocol/adapter-response.ts';

export interface AdaptersPageProps {
  readonly ports: ApiPorts;
  readonly apiKey: string;
}

/** The adapters of the key's tenant, to read. */
export function AdaptersPage({ ports, apiKey }: AdaptersPageProps) {
  const adapters = useAnswer({ ports, apiKey, path: '/v1/adapters', schema: adapterListSchema });
  return (
    <section class="page" aria-labelledby="adapters-title">
      <h2 id="adapters-title">Adapters</h2>
      {adapters.kind === 'busy' && <p role="status">Asking…</p>}
      {adapters.kind === 'fault' && <FaultNotice fault={adapters.fault} />}
      {adapters.kind === 'answer' && adapters.value.data.length === 0 && (
        <p>
          There are none yet. <code>hintrank train</code> makes one, <code>hintrank adapter push</code> uploads it.
        </p>
      )}
      {adapters.kind === 'answer' &&
        adapters.value.data.map((adapter) => (
          <AdapterCard key={adapter.name} adapter={adapter} ports={ports} apiKey={apiKey} />
        ))}
    </section>
  );
}

function AdapterCard({ adapter, ...source }: AdaptersPageProps & { readonly adapter: AdapterResponse }) {
  const [isOpen, setOpen] = useState(false);
  const { name, versions, aliases, base_model: baseModel } = adapter;
  return (
    <details class="card" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <strong>{name}</strong>, {versions.length} {versions.length === 1 ? 'version' : 'versions'}, adapts {baseModel}
        {aliases.map(({ alias, version }) => ` · ${alias} → ${version}`).join('')}
      </summary>
      {isOpen && <VersionTable name={name} {...source} />}
    </details>
  );
}

function VersionTable({ name, ports, apiKey }: AdaptersPageProps & { readonly name: string }) {
  const path = `/v1/adapters/${encodeURIComponent(name)}/versions`;
  const versions = useAnswer({ ports, apiKey, path, schema: adapterVersionListSchema });
  if (versions.kind === 'busy') return <p role="status">Asking…</p>;
  if (versions.kind === 'fault') return <FaultNotice fault={versions.fault} />;
  return (
    <table>
      <caption>Versions of {name}, the newest first</caption>
      <thead>
        <tr>
          <th scope="col">version</th>
          <th scope="col">method</th>
          <th scope="col">size</th>
          <th scope="col">registered</th>
          <th scope="col">SHA-256</th>
        </tr>
      </thead>
      <tbody>
        {versions.value.data.map((version) => (
          <VersionRow key={version.version} version={version} />
        ))}
      </tbody>
    </table>
  );
}

function VersionRow({ version }: { readonly version: AdapterVersionResponse }) {
  const { details, bytes, digest, aliases, created_at: createdAt } = version;
  return (
    <tr>
      <th scope="row">{[version.version, ...aliases].join(', ')}</th>
      <td>{details === null ? version.template : `${details.method}, ${version.template}`}</td>
      <td>{(bytes / 1e6).toFixed(2)} MB</td>
      <td>{createdAt.slice(0, 16).replace('T', ' ')} UTC</td>
      <td>
        <code title={digest}>{digest.slice(0, 12)}…</code>
      </td>
    </tr>
  );
}
