/** Workers that the edge splits one request over at most. */
const workersPerRequestMax = 18;

/** Workers that are simulated of a fleet, with their part of the requests: in a larger one no request meets more. */
export function simulatedWorkers(workers: number): number {
  return Math.min(workers, workersPerRequestMax);
}
