import { useEffect, useState } from 'preact/hooks';
import type { ApiPorts } from '#edge/playground/api/call-api.ts';
import { FaultNotice } from '#edge/playground/components/fault-notice.tsx';
import { RankingView } from '#edge/playground/components/ranking-view.tsx';
import { RequestForm } from '#edge/playground/components/request-form.tsx';
import { SnippetPanel } from '#edge/playground/components/snippet-panel.tsx';
import { useAnswer } from '#edge/playground/components/use-answer.ts';
import { useRanking } from '#edge/playground/components/use-ranking.ts';
import { parseDocuments } from '#edge/playground/documents/parse-documents.ts';
import { sample } from '#edge/playground/documents/sample.ts';
import { modelChoices } from '#edge/playground/ranking/model-choices.ts';
import { rerankBody } from '#edge/playground/ranking/rerank-body.ts';
import type { RankingForm } from '#edge/playground/ranking/run-ranking.ts';
import { modelsResponseSchema } from '#shared/protocol/models-response.ts';

export interface RerankPageProps {
  readonly ports: ApiPorts;
  readonly apiKey: string;
  readonly origin: string;
}

/** Milliseconds after the last change until it is sent. */
const typingPauseMs = 400;

const initialForm: RankingForm = { ...sample, model: '', comparison: { kind: 'none' }, explain: true };

/** The playground itself. It opens with the sample, so that there is something to see at once. */
export function RerankPage({ ports, apiKey, origin }: RerankPageProps) {
  const [form, setForm] = useState(initialForm);
  const [live, setLive] = useState(true);
  const [{ busy, fault, ranking }, rank] = useRanking(ports);
  const models = useAnswer({ ports, apiKey, path: '/v1/models', schema: modelsResponseSchema });
  const choices = modelChoices(models.kind === 'answer' ? models.value.data : []);
  useEffect(() => {
    if (!live) return undefined;
    const timer = setTimeout(() => rank(apiKey, form), typingPauseMs);
    return () => clearTimeout(timer);
  }, [apiKey, form, live]);
  return (
    <div class="workbench">
      <div class="side">
        <RequestForm
          form={form}
          models={choices}
          live={live}
          onChange={setForm}
          onLive={setLive}
          onSubmit={() => rank(apiKey, form)}
          onSample={() => setForm({ ...form, ...sample })}
        />
        <SnippetPanel origin={origin} body={bodyOf(form)} />
        <p class="help">
          Sample: paragraphs of English Wikipedia by its contributors (CC BY-SA 4.0), from SQuAD 2.0. Your key stays in
          this tab’s memory and goes to {origin} only.
        </p>
      </div>
      <div class="answer">
        {fault !== null && <FaultNotice fault={fault} />}
        {busy && ranking === null && <p role="status">Ranking…</p>}
        {fault === null && ranking !== null && <RankingView ranking={ranking} busy={busy} />}
      </div>
    </div>
  );
}

function bodyOf(form: RankingForm): object {
  const parsed = parseDocuments(form.documents);
  return rerankBody({ ...form, documents: parsed.kind === 'documents' ? parsed.documents : [] });
}
