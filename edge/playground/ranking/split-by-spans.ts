/** A part of a text that tokens begin or end at. */
export interface Segment {
  readonly start: number;
  readonly text: string;
  /** Places in `spans` of all that cover it. */
  readonly spans: readonly number[];
}

/** In UTF-16 code units; null: not in this text. */
export interface Span {
  readonly start: number | null;
  readonly end: number | null;
}

/** The text in pieces, cut wherever a span begins or ends; joined they are the text. Spans may overlap; empty ones and those outside are left out. */
export function splitBySpans(text: string, spans: readonly Span[]): Segment[] {
  const placed = spans.flatMap(({ start, end }, place) => {
    if (start === null || end === null || start < 0 || start >= end || end > text.length) return [];
    return [{ start, end, place }];
  });
  const cuts = new Set([0, text.length, ...placed.flatMap(({ start, end }) => [start, end])]);
  const sorted = [...cuts].sort((left, right) => left - right);
  return sorted.slice(0, -1).map((start, place) => {
    const end = sorted[place + 1] ?? text.length;
    const covering = placed.filter((span) => span.start <= start && span.end >= end).map((span) => span.place);
    return { start, text: text.slice(start, end), spans: covering };
  });
}
