import { expect, it } from 'vitest';
import type { SoakRequest } from '#test/bench/soak/draw-request.ts';
import { SoakLedger } from '#test/bench/soak/soak-ledger.ts';

const request: SoakRequest = {
  tenant: 'one',
  query: 'which?',
  documents: ['a', 'b'],
  adapter: null,
  maxTokensPerDoc: 512,
  leavesAfterMs: null,
  deadlineMs: 5,
  sampled: 1,
};

/** The faults after what happened to request 1. */
function faultsOf(happen: (ledger: SoakLedger) => void): string[] {
  const ledger = new SoakLedger();
  ledger.start(1, request);
  happen(ledger);
  return ledger.faults();
}

function score(ledger: SoakLedger, documents = 2) {
  for (let count = 0; count < documents; count += 1) ledger.documentScored(1);
  ledger.end(1, 'scored', [[-1], [-2]]);
}

it('finds nothing wrong with an answer, and keeps the score that is to be asked for again', () => {
  const ledger = new SoakLedger();
  ledger.start(1, request);
  score(ledger);
  expect(ledger.faults()).toEqual([]);
  expect(ledger.samples).toEqual([{ request, document: 'b', targets: [-2] }]);
  expect([ledger.outcomes(), ledger.documents()]).toEqual([{ scored: 1 }, 2]);
});

it('lets a request be late that had a deadline, and not one leave that stayed', () => {
  expect(faultsOf((ledger) => ledger.end(1, 'deadline_exceeded', null))).toEqual([]);
  expect(faultsOf((ledger) => ledger.end(1, 'overloaded', null))).toEqual([]);
  expect(faultsOf((ledger) => ledger.end(1, 'request_cancelled', null))).toEqual([
    'request 1: it ended with request_cancelled',
  ]);
});

it.each<[string, (ledger: SoakLedger) => void, string]>([
  ['a lost answer', () => undefined, '1 requests were never answered'],
  [
    'a second answer',
    (one) => [score(one), one.end(1, 'overloaded', null)],
    'a second answer came (scored, overloaded)',
  ],
  ['an answer to nobody', (one) => [score(one), one.end(2, 'scored', [])], 'request 2: an answer came'],
  ['a document scored twice', (one) => [score(one), one.documentScored(1)], 'a document was scored twice'],
  ['a document of nobody', (one) => [score(one), one.documentScored(2)], 'request 2: a document was scored'],
  ['a document that was left out', (one) => score(one, 1), '1 of 2 documents were scored'],
  ['too few scores', (one) => [one.documentScored(1), one.end(1, 'scored', [[-1]])], '2 documents got 1 scores'],
  ['an unknown end', (one) => one.end(1, 'internal_error', null), 'it ended with internal_error'],
])('finds %s', (_, happen, sentence) => {
  expect(faultsOf(happen).join('\n')).toContain(sentence);
});
