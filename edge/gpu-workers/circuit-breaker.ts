/**
 * What an isolate thinks of a worker. `closed`: calls go there. `open`: none do until a time. `half-open`: one call is there to find out, others go
 * elsewhere until it has ended or is overdue.
 */
export type Circuit =
  | { readonly state: 'closed'; readonly failures: number }
  | { readonly state: 'open'; readonly untilMs: number; readonly openings: number }
  | { readonly state: 'half-open'; readonly overdueAtMs: number; readonly openings: number };

/** What came of a call. `slow`: another worker that was asked later answered first. `neutral`: says nothing of the worker's health. */
export type CallVerdict = 'success' | 'failure' | 'slow' | 'neutral';

export const closedCircuit: Circuit = { state: 'closed', failures: 0 };

/** Failures in a row that open a circuit: one may be a lost packet, and three come quickly from a worker that is gone. */
const failuresMax = 3;

/** Milliseconds for which a circuit stays open; doubled each time that the worker is found still failing, up to the second. */
const openMs = 2_000;
const openMsMax = 30_000;

/** Milliseconds after which a half-open circuit lets another call through: the first one's request may have ended without a word. */
const probeMs = 5_000;

/** Whether a call may go to the worker now. */
export function mayCall(circuit: Circuit, nowMs: number): boolean {
  if (circuit.state === 'open') return nowMs >= circuit.untilMs;
  return circuit.state === 'closed' || nowMs >= circuit.overdueAtMs;
}

/** The circuit once a call goes to the worker. */
export function whenCalled(circuit: Circuit, nowMs: number): Circuit {
  if (circuit.state === 'closed' || !mayCall(circuit, nowMs)) return circuit;
  return { state: 'half-open', overdueAtMs: nowMs + probeMs, openings: circuit.openings };
}

/** The circuit once a call has ended. */
export function whenEnded(circuit: Circuit, verdict: CallVerdict, nowMs: number): Circuit {
  switch (verdict) {
    case 'neutral':
      // A probe that said nothing: the next call may ask again.
      return circuit.state === 'half-open' ? { ...circuit, overdueAtMs: nowMs } : circuit;
    case 'success':
      return closedCircuit;
    case 'failure':
    case 'slow':
      return whenFailed(circuit, nowMs);
  }
}

function whenFailed(circuit: Circuit, nowMs: number): Circuit {
  // Calls that were under way when the circuit opened end one after the other; they are no news.
  if (circuit.state === 'open') return circuit;
  if (circuit.state === 'closed' && circuit.failures + 1 < failuresMax) {
    return { state: 'closed', failures: circuit.failures + 1 };
  }
  const openings = circuit.state === 'closed' ? 1 : circuit.openings + 1;
  return { state: 'open', untilMs: nowMs + Math.min(openMsMax, openMs * 2 ** (openings - 1)), openings };
}
