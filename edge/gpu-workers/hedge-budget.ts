/** Documents that may be scored twice for speed's sake; at most so many at once, and no more than a share of all documents over time. */
export interface HedgeBudget {
  readonly documents: number;
}

/** What each first call adds per document: hedges cost a tenth more work at most, whatever happens to the workers. */
const share = 0.1;

/** Documents that can be saved up: enough for every call that is under way when a worker stops answering. */
const documentsMax = 500;

export const fullHedgeBudget: HedgeBudget = { documents: documentsMax };

/** The budget after a first call of so many documents. */
export function earnHedges({ documents }: HedgeBudget, called: number): HedgeBudget {
  return { documents: Math.min(documentsMax, documents + called * share) };
}

/** The budget after a hedge of so many documents; undefined where it does not suffice. */
export function spendHedge({ documents }: HedgeBudget, called: number): HedgeBudget | undefined {
  return documents >= called ? { documents: documents - called } : undefined;
}
