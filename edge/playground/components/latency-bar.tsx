import type { LatencyPart } from '#edge/playground/latency/split-latency.ts';

export interface LatencyBarProps {
  readonly parts: readonly LatencyPart[];
  readonly documents: number;
  /** Documents whose scores were kept ones. */
  readonly keptDocuments: number;
}

/** What the request took, and what it went into. */
export function LatencyBar({ parts, documents, keptDocuments }: LatencyBarProps) {
  const total = parts.reduce((sum, { ms }) => sum + ms, 0);
  const kept = keptDocuments === 0 ? '' : `, ${keptDocuments} from kept scores`;
  return (
    <section class="latency" aria-label="Latency">
      <p role="status">
        {documents} {documents === 1 ? 'document' : 'documents'} ranked in {Math.round(total)} ms{kept}.
      </p>
      <div class="latency-bar" aria-hidden="true">
        {parts.map(({ id, ms }) => (
          <span key={id} class={`part-${id}`} style={{ flexGrow: ms }} />
        ))}
      </div>
      <ul>
        {parts.map(({ id, label, ms, note }) => (
          <li key={id} title={note}>
            <span class={`swatch part-${id}`} aria-hidden="true" /> {label} {ms < 10 ? ms.toFixed(1) : Math.round(ms)}{' '}
            ms
          </li>
        ))}
      </ul>
    </section>
  );
}
