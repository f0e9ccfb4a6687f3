import { comparisonValue, readComparison } from '#edge/playground/ranking/comparison.ts';
import type { ModelChoice } from '#edge/playground/ranking/model-choices.ts';
import type { RankingForm } from '#edge/playground/ranking/run-ranking.ts';

export interface RequestFormProps {
  readonly form: RankingForm;
  readonly models: readonly ModelChoice[];
  /** Whether every change is sent. */
  readonly live: boolean;
  readonly onChange: (form: RankingForm) => void;
  readonly onLive: (live: boolean) => void;
  readonly onSubmit: () => void;
  readonly onSample: () => void;
}

/** Everything that a request says. Ctrl+Enter in a field sends it. */
export function RequestForm({ form, models, live, onChange, onLive, onSubmit, onSample }: RequestFormProps) {
  const change = (changes: Partial<RankingForm>) => onChange({ ...form, ...changes });
  return (
    <form
      class="request"
      aria-label="Request"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) onSubmit();
      }}
    >
      <label for="query">Query</label>
      <input
        id="query"
        type="text"
        autocomplete="off"
        value={form.query}
        onInput={(event) => change({ query: event.currentTarget.value })}
      />
      <label for="documents">Documents</label>
      <textarea
        id="documents"
        rows={9}
        spellcheck={false}
        aria-describedby="documents-help"
        value={form.documents}
        onInput={(event) => change({ documents: event.currentTarget.value })}
      />
      <p id="documents-help" class="help">
        One a line, or JSON Lines: <code>{'{"text": "…", "score": 9.4}'}</code>; the score is your search’s, if you have
        one.
      </p>
      <div class="choices">
        <ModelChoiceField form={form} models={models} onChange={onChange} />
        <ComparisonField form={form} models={models} onChange={onChange} />
      </div>
      <div class="switches">
        <label>
          <input
            type="checkbox"
            checked={form.explain}
            onChange={(event) => change({ explain: event.currentTarget.checked })}
          />
          Explain
        </label>
        <label>
          <input type="checkbox" checked={live} onChange={(event) => onLive(event.currentTarget.checked)} />
          Rank while I type
        </label>
      </div>
      <div class="buttons">
        <button type="submit" class="primary">
          Rank
        </button>
        <button type="button" onClick={onSample}>
          Load the sample
        </button>
        <button type="button" onClick={() => change({ query: '', documents: '' })}>
          Clear
        </button>
      </div>
    </form>
  );
}

type ChoiceProps = Pick<RequestFormProps, 'form' | 'models' | 'onChange'>;

function ModelChoiceField({ form, models, onChange }: ChoiceProps) {
  return (
    <div>
      <label for="model">Model or adapter</label>
      <select
        id="model"
        value={form.model}
        onChange={(event) => onChange({ ...form, model: event.currentTarget.value })}
      >
        {models.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </div>
  );
}

function ComparisonField({ form, models, onChange }: ChoiceProps) {
  return (
    <div>
      <label for="beside">Beside</label>
      <select
        id="beside"
        value={comparisonValue(form.comparison)}
        onChange={(event) => onChange({ ...form, comparison: readComparison(event.currentTarget.value) })}
      >
        <option value="none">nothing</option>
        <option value="first-stage">the order before</option>
        {models.map(({ value, label }) => (
          <option key={value} value={`model:${value}`}>
            {label}
          </option>
        ))}
      </select>
    </div>
  );
}
