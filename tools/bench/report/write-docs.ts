import { readFileSync, writeFileSync } from 'node:fs';
import { svgOf } from './chart.js';
import { markdownText } from './markdown.js';
import type { Chart, Report } from './report.js';

const PAGE = 'docs/benchmarks.md';
const PICTURE = 'docs/benchmarks.svg';
const CHARTS = /^<!-- charts (.*) -->$/gm;

/**
 * Writes every report into its section of the page; sections of other benches stay. The picture is drawn from the page: every section holds
 * its own data for the picture.
 * @param order names of all benches, in the order of their sections
 */
export function writeDocs(
  reports: readonly Report[],
  circumstances: readonly string[],
  order: readonly string[],
): void {
  let page = readFileSync(PAGE, 'utf8');
  for (const report of reports) page = withSection(page, report.name, sectionOf(report, circumstances), order);
  writeFileSync(PAGE, page);
  writeFileSync(PICTURE, svgOf(chartsOf(page)));
}

function sectionOf(report: Report, circumstances: readonly string[]): string {
  return `${markdownText(report, circumstances)}\n\n<!-- charts ${JSON.stringify(report.charts)} -->`;
}

function chartsOf(page: string): Chart[] {
  return Array.from(page.matchAll(CHARTS), ([, json]) => JSON.parse(json!) as Chart[]).flat();
}

function withSection(page: string, name: string, section: string, order: readonly string[]): string {
  const text = `${begin(name)}\n\n${section}\n\n${end(name)}\n`;
  const start = page.indexOf(begin(name));
  if (start >= 0) return page.slice(0, start) + text + page.slice(page.indexOf(end(name)) + end(name).length + 1);
  const next = order.slice(order.indexOf(name) + 1).find((later) => page.includes(begin(later)));
  if (next === undefined) return `${page.trimEnd()}\n\n${text}`;
  const place = page.indexOf(begin(next));
  return `${page.slice(0, place)}${text}\n${page.slice(place)}`;
}

function begin(name: string): string {
  return `<!-- begin ${name} -->`;
}

function end(name: string): string {
  return `<!-- end ${name} -->`;
}
