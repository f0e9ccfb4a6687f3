import { ServiceError } from '#shared/errors/service-error.ts';

export interface WorkersToFind {
  readonly documentsPerSecond: number;
  /** Documents a second of each of so many workers. */
  readonly capacityOf: (workers: number) => number;
  /** Workers that are needed whatever the load. */
  readonly workersMin: number;
  /** null: no more is asked of the latency than a fleet that is not too full has. */
  readonly p99Ms: number | null;
  /** Of a fleet of so many workers under this load. */
  readonly p99At: (workers: number) => number;
}

/** Part of its capacity that a fleet is filled to, without a target and at most: beyond it, a little more load costs a lot of latency. */
const loadShareUsual = 0.7;
const loadShareMax = 0.9;

/** A fleet that has so little to do gets no faster by more of it. */
const loadShareMin = 0.01;

/** The fewest workers that reach the target. @throws ServiceError `invalid_request` when none do, with what they do reach */
export function findWorkers(wanted: WorkersToFind): number {
  const { p99Ms, p99At } = wanted;
  if (p99Ms === null) return filledTo(loadShareUsual, wanted);
  let enough = filledTo(loadShareMax, wanted);
  let tooFew = enough - 1;
  const most = Math.max(2 * enough, filledTo(loadShareMin, wanted));
  for (let p99 = p99At(enough); p99 > p99Ms; p99 = p99At(enough)) {
    if (enough >= most) throw unreachable(p99Ms, p99, enough);
    tooFew = enough;
    enough = Math.min(most, 2 * enough);
  }
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (p99At(middle) <= p99Ms) enough = middle;
    else tooFew = middle;
  }
  return enough;
}

/** The fewest workers that the load fills to this share of their capacity, which falls with their number. */
function filledTo(share: number, { documentsPerSecond, capacityOf, workersMin }: WorkersToFind): number {
  const neededBeside = (workers: number) => Math.ceil(documentsPerSecond / (share * capacityOf(workers)));
  let workers = workersMin;
  for (let needed = neededBeside(workers); needed > workers; needed = neededBeside(workers)) workers = needed;
  return workers;
}

function unreachable(targetMs: number, reachedMs: number, workers: number): ServiceError {
  const message = `No number of these workers has a p99 of ${targetMs} ms: ${workers} of them, with nearly nothing to do, have ${Math.ceil(reachedMs)} ms. Ask for fewer or shorter documents, or for other hardware.`;
  return new ServiceError('invalid_request', message);
}
