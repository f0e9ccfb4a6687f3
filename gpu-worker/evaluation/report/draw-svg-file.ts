import type { PlotOptions } from '@observablehq/plot';
import { drawPlot } from '#gpu-worker/evaluation/report/draw-plot.ts';

/** A plot as an SVG file of its own: black on white, so that it can be read on any page that shows it as an image. No legends: they are not part of the SVG. */
export function drawSvgFile(options: PlotOptions): string {
  const svg = drawPlot({
    ...options,
    style: { background: 'white', color: 'black', fontFamily: 'system-ui, sans-serif' },
  });
  if (!svg.startsWith('<svg')) throw new Error('the plot is more than one SVG; it has a legend or a title');
  return `${svg.includes('xmlns=') ? svg : svg.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"')}\n`;
}
