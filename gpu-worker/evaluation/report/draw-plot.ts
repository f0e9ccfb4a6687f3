import { type PlotOptions, plot } from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** A plot as HTML text: an SVG, with a legend before it where the options ask for one. Needs no script in the page, and no browser here. */
export function drawPlot(options: PlotOptions): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  return plot({ ...options, document }).outerHTML;
}
