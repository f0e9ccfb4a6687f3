import { useState } from 'preact/hooks';

export interface KeyFieldProps {
  readonly value: string;
  /** Called when the key is whole: at Enter, or when the field is left. */
  readonly onChange: (key: string) => void;
}

/** The API key, hidden as it is typed; browsers are asked not to remember it. */
export function KeyField({ value, onChange }: KeyFieldProps) {
  const [draft, setDraft] = useState(value);
  const commit = () => {
    if (draft.trim() !== value) onChange(draft.trim());
  };
  return (
    <form
      class="key"
      onSubmit={(event) => {
        event.preventDefault();
        commit();
      }}
    >
      <label for="api-key">API key</label>
      <input
        id="api-key"
        type="password"
        autocomplete="off"
        spellcheck={false}
        placeholder="hr_…"
        value={draft}
        onInput={(event) => setDraft(event.currentTarget.value)}
        onBlur={commit}
      />
    </form>
  );
}
