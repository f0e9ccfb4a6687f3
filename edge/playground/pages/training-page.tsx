import { useState } from 'preact/hooks';
import type { ApiPorts } from '#edge/playground/api/call-api.ts';
import { FaultNotice } from '#edge/playground/components/fault-notice.tsx';
import { JobCurves } from '#edge/playground/components/job-curves.tsx';
import { useAnswer } from '#edge/playground/components/use-answer.ts';
import { describeJob } from '#edge/playground/training/describe-job.ts';
import { type TrainingJobResponse, trainingJobListSchema } from '#shared/protocol/training-job.ts';

export interface TrainingPageProps {
  readonly ports: ApiPorts;
  readonly apiKey: string;
}

/** The training jobs of the key's tenant with their curves, to read. */
export function TrainingPage({ ports, apiKey }: TrainingPageProps) {
  const [round, setRound] = useState(0);
  const jobs = useAnswer({ ports, apiKey, path: '/v1/training-jobs', round, schema: trainingJobListSchema });
  return (
    <section class="page" aria-labelledby="training-title">
      <h2 id="training-title">Training jobs</h2>
      <p>
        <button type="button" onClick={() => setRound(round + 1)}>
          Look again
        </button>
      </p>
      {jobs.kind === 'busy' && <p role="status">Asking…</p>}
      {jobs.kind === 'fault' && <FaultNotice fault={jobs.fault} />}
      {jobs.kind === 'answer' && jobs.value.data.length === 0 && (
        <p>
          There are none yet. <a href="/docs">The API’s page</a> shows how one is made.
        </p>
      )}
      {jobs.kind === 'answer' &&
        jobs.value.data.map((job) => <JobCard key={job.id} job={job} ports={ports} apiKey={apiKey} />)}
    </section>
  );
}

function JobCard({ job, ...source }: TrainingPageProps & { readonly job: TrainingJobResponse }) {
  const [isOpen, setOpen] = useState(false);
  const { id, adapter, state, method, preset, result, error } = job;
  return (
    <details class="card" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <strong>{adapter}</strong>, {state} · {method}, {preset} · <code>{id}</code>
      </summary>
      <p>{describeJob(job)}</p>
      {result !== null && <p>{result.summary.verdict}</p>}
      {result?.summary.signs.map(({ sign, sentence }) => (
        <p key={sign} class="warnings">
          {sentence}
        </p>
      ))}
      {error !== null && <p class="warnings">{error.message}</p>}
      {isOpen && <JobCurves jobId={id} {...source} />}
    </details>
  );
}
