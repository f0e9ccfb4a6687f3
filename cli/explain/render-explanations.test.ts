import { expect, it } from 'vitest';
import { renderExplanations } from '#cli/explain/render-explanations.ts';

const token = (text: string, without: number, given: number) => ({
  text,
  start: 0,
  end: 1,
  log_likelihood: given,
  log_likelihood_without_document: without,
  lift: given - without,
});

it('shows each token without and with the document, the difference as a bar, and the hints', () => {
  const hint = { start: 0, end: 1, position: 0 };
  const text = renderExplanations(
    [
      {
        tokens: [token(' Where', -4.5, -1.25), token('\u001b[31m?\n', -0.5, -2)],
        hints: { method: 'attend', tokens: [{ ...hint, text: ' bore', weight: 0.256 }] },
      },
      {
        tokens: [token(' ', -30, -1)],
        hints: {
          method: 'retrieve',
          tokens: [
            { ...hint, text: ' a' },
            { ...hint, text: ' b' },
          ],
        },
      },
    ],
    ['first', 'se\ncond'],
  );
  expect(text).toBe(`
1  first
  token  without     with     lift
  Where    -4.50    -1.25    +3.25  ███
  ?·       -0.50    -2.00    -1.50  −−
  attended: bore 26 %

2  se·cond
  token  without     with     lift
  ␠       -30.00    -1.00   +29.00  ████████████
  hints: a · b
`);
});
