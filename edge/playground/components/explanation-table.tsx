import { describeHint } from '#edge/playground/ranking/describe-hint.ts';
import { shadeByLift } from '#edge/playground/ranking/shade-by-lift.ts';
import { signedNats } from '#edge/playground/ranking/signed-nats.ts';
import type { Explanation } from '#shared/protocol/explanation.ts';

/** The numbers behind the shades, and the hints in words: nothing is said by colour alone. */
export function ExplanationTable({ explanation }: { readonly explanation: Explanation }) {
  const { tokens, hints } = explanation;
  const numbered = tokens.map((token, place) => ({ ...token, place }));
  return (
    <details class="numbers">
      <summary>Numbers{hints === undefined ? '' : ' and hints'}</summary>
      <table>
        <caption>Log-likelihood of each token of the query, in nats</caption>
        <thead>
          <tr>
            <th scope="col">token</th>
            <th scope="col">with the document</th>
            <th scope="col">without</th>
            <th scope="col">gain</th>
          </tr>
        </thead>
        <tbody>
          {numbered.map(({ place, text, lift, log_likelihood: withIt, log_likelihood_without_document: without }) => (
            <tr key={place}>
              <th scope="row">{text.trim() === '' ? '(space)' : text}</th>
              <td>{withIt.toFixed(2)}</td>
              <td>{without.toFixed(2)}</td>
              <td class={shadeByLift(lift) ?? undefined}>{signedNats(lift)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {hints !== undefined && (
        <>
          <h4>Hints ({hints.method})</h4>
          <ul class="hints">
            {hints.tokens.map((hint) => (
              <li key={hint.position}>
                <mark>{hint.text.trim() === '' ? '(space)' : hint.text}</mark> {describeHint(hint, tokens)}
              </li>
            ))}
          </ul>
        </>
      )}
    </details>
  );
}
