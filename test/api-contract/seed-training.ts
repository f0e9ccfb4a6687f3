import { setTimeout as delay } from 'node:timers/promises';
import { datasetSchema } from '#shared/protocol/dataset.ts';
import { trainingJobSchema } from '#shared/protocol/training-job.ts';
import { type PlayedWorkerOptions, playTrainingWorker } from '#test/api-contract/play-training-worker.ts';
import { judgedAnimalLines, judgedAnimalsAsBeir } from '#test/support/judged-animals.ts';
import { writeZip } from '#test/support/write-zip.ts';
import { createAdapterApi, expectOk } from '#test/system/adapters/adapter-api.ts';

/** Ids of datasets and training jobs that are there before the first generated request. */
export interface SeededTraining {
  /** One of lines and one archive; jobs are made of the first. */
  readonly datasets: readonly string[];
  /** That nobody needs. */
  readonly spareDatasets: readonly string[];
  /** One or more in every state but `submitted`, which lasts an instant. */
  readonly jobs: readonly string[];
  /** Those of them that have completed. */
  readonly completedJobs: readonly string[];
  /** Those of them that have ended: their streams of events end, too. */
  readonly endedJobs: readonly string[];
  /** That nobody needs: queued ones to cancel, and cancelled ones to delete. */
  readonly jobsToCancel: readonly string[];
  readonly spareJobs: readonly string[];
}

/** Requests may delete or cancel so many; later ones find nothing, which is an answer too. */
const sparesCount = 8;

const pollMs = 50;

export async function seedTraining(apiKey: string, worker: PlayedWorkerOptions): Promise<SeededTraining> {
  const api = createAdapterApi(worker.edgeUrl, apiKey);
  const played = playTrainingWorker(worker);
  const lines = `${judgedAnimalLines().join('\n')}\n`;
  const upload = async (name: string, body: string | Uint8Array<ArrayBuffer>, type: string): Promise<string> => {
    const init = { body, headers: { 'Content-Type': type } };
    return datasetSchema.parse(expectOk(await api.call('POST', `/v1/datasets?name=${name}`, init))).id;
  };
  const archive = writeZip(
    Object.fromEntries(Object.entries(judgedAnimalsAsBeir()).map(([path, text]) => [path, Buffer.from(text)])),
  );
  const dataset = await upload('animals', lines, 'application/jsonl');
  const beir = await upload('beir-animals', new Uint8Array(archive), 'application/zip');
  const show = async (id: string) =>
    trainingJobSchema.parse(expectOk(await api.call('GET', `/v1/training-jobs/${id}`)));
  const submit = async (): Promise<string> => {
    const body = { dataset, adapter: 'trained' };
    return trainingJobSchema.parse(expectOk(await api.json('POST', '/v1/training-jobs', body))).id;
  };
  const cancel = (id: string) => api.call('POST', `/v1/training-jobs/${id}/cancel`).then(expectOk);
  const times = async <Made>(count: number, make: () => Promise<Made>): Promise<Made[]> => {
    const made: Made[] = [];
    for (let index = 0; index < count; index += 1) made.push(await make());
    return made;
  };
  const cancelled = async (): Promise<string> => {
    const id = await submit();
    await cancel(id);
    return id;
  };
  /** A job that the worker did this with. */
  const worked = async (act: () => Promise<void>): Promise<string> => {
    const id = await submit();
    while ((await show(id)).state === 'submitted') await delay(pollMs);
    await act();
    return id;
  };
  const completedJobs = [await worked(() => played.complete(true)), await worked(() => played.complete(false))];
  const endedJobs = [...completedJobs, await worked(() => played.fail()), await cancelled()];
  const spareJobs = await times(sparesCount, cancelled);
  const running = await worked(() => played.begin());
  const cancelling = await worked(() => played.begin());
  await cancel(cancelling);
  const jobsToCancel = await times(sparesCount, submit);
  const spareDatasets = await times(sparesCount, () => upload('spare', lines, 'application/jsonl'));
  const jobs = [...endedJobs, running, cancelling, await submit()];
  return { datasets: [dataset, beir], spareDatasets, jobs, completedJobs, endedJobs, jobsToCancel, spareJobs };
}
