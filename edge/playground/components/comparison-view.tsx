import { alignRankings, type Move } from '#edge/playground/ranking/align-rankings.ts';
import { describeMoves } from '#edge/playground/ranking/describe-moves.ts';
import type { ShownRanking } from '#edge/playground/ranking/run-ranking.ts';

export interface ComparisonViewProps {
  readonly ranking: ShownRanking;
  /** Of the order on the left. */
  readonly name: string;
  /** Indexes of the documents, best first. */
  readonly before: readonly number[];
}

/** Height of a row in the drawing's units; rows of both lists have one height (styles/ranking.css). */
const rowUnits = 10;

/** Two orders side by side, with a line from each document's place to its new one. */
export function ComparisonView({ ranking, name, before }: ComparisonViewProps) {
  const { response, documents } = ranking;
  const after = response.results.map(({ index }) => index);
  const moves = alignRankings(before, after);
  const labelOf = (index: number) => {
    const document = documents[index];
    return document?.title === undefined ? (document?.text ?? '') : `${document.title}: ${document.text}`;
  };
  return (
    <section class="comparison" aria-labelledby="comparison-title">
      <h2 id="comparison-title">Side by side</h2>
      <p role="status">{describeMoves(moves)}</p>
      <div class="columns">
        <OrderList name={name} order={before} labelOf={labelOf} />
        <MoveLines moves={moves} rows={Math.max(before.length, after.length)} />
        <OrderList name={response.model} order={after} labelOf={labelOf} />
      </div>
    </section>
  );
}

interface OrderListProps {
  readonly name: string;
  readonly order: readonly number[];
  readonly labelOf: (index: number) => string;
}

function OrderList({ name, order, labelOf }: OrderListProps) {
  return (
    <div class="order">
      <h3>{name}</h3>
      <ol>
        {order.map((index, place) => (
          <li key={index} title={labelOf(index)}>
            <span class="place">{place + 1}</span> {labelOf(index)}
          </li>
        ))}
      </ol>
    </div>
  );
}

function MoveLines({ moves, rows }: { readonly moves: readonly Move[]; readonly rows: number }) {
  const height = (place: number) => place * rowUnits + rowUnits / 2;
  const drawn = moves.flatMap(({ index, from, to }) => (from === null || to === null ? [] : [{ index, from, to }]));
  return (
    <svg
      class="moves"
      viewBox={`0 0 100 ${Math.max(1, rows) * rowUnits}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {drawn.map(({ index, from, to }) => (
        <line key={index} class={directionOf(from, to)} x1="0" y1={height(from)} x2="100" y2={height(to)} />
      ))}
    </svg>
  );
}

function directionOf(from: number, to: number): 'up' | 'down' | 'same' {
  if (from === to) return 'same';
  return to < from ? 'up' : 'down';
}
