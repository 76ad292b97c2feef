import { numberText } from './cells.js';
import type { Chart } from './report.js';

const WIDTH = 860;
const LABELS = 250;
const BARS = 430;
const BAR = 18;
const GAP = 8;
const TITLE = 34;
const FONT = 'font-family="system-ui, sans-serif"';

/** A bar chart as an SVG picture; every chart in it has its own scale, from zero. A thin line shows min and max. */
export function svgOf(charts: readonly Chart[]): string {
  let y = 0;
  const parts = charts.map((chart) => {
    const part = `<g transform="translate(0 ${y})">\n${chartParts(chart).join('\n')}\n</g>`;
    y += heightOf(chart);
    return part;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y + GAP}" viewBox="0 0 ${WIDTH} ${y + GAP}" role="img" ${FONT} font-size="13">
<title>Benchmarks</title>
<rect width="100%" height="100%" fill="#ffffff"/>
${parts.join('\n')}
</svg>
`;
}

function heightOf({ bars }: Chart): number {
  return TITLE + bars.length * (BAR + GAP) + GAP;
}

function chartParts({ title, bars }: Chart): string[] {
  const largest = Math.max(...bars.map(({ max }) => max));
  const x = (value: number) => Math.round(LABELS + (value / largest) * BARS);
  const lines = bars.flatMap(({ label, median, min, max, isOurs }, index) => {
    const top = TITLE + index * (BAR + GAP);
    const middle = top + BAR / 2;
    return [
      `<text x="${LABELS - 10}" y="${middle + 4}" text-anchor="end" fill="#333">${escaped(label)}</text>`,
      `<rect x="${LABELS}" y="${top}" width="${Math.max(1, x(median) - LABELS)}" height="${BAR}" fill="${isOurs ? '#1f6feb' : '#b6c2cf'}"/>`,
      `<line x1="${x(min)}" y1="${middle}" x2="${x(max)}" y2="${middle}" stroke="#333"/>`,
      `<text x="${x(max) + 8}" y="${middle + 4}" fill="#333">${numberText(median)}</text>`,
    ];
  });
  return [`<text x="12" y="22" font-weight="bold" fill="#111">${escaped(title)}</text>`, ...lines];
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
