/** What stands under a heading, up to the next one of the same or a higher level. */
export function sectionOf(text: string, heading: string): string {
  const start = text.split('\n').findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading);
  if (start < 0) throw new Error(`there is no heading "${heading}"`);
  const lines = text.split('\n').slice(start);
  const level = lines[0]!.indexOf(' ');
  const end = lines.findIndex((line, index) => index > 0 && /^#+ /.test(line) && line.indexOf(' ') <= level);
  return lines.slice(0, end < 0 ? undefined : end).join('\n');
}

/** The cells of every table row, headings left out. */
export function tableRows(text: string): string[][] {
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  const isRule = (line: string | undefined) => line !== undefined && /^\|[\s|:-]+\|$/.test(line);
  return lines.filter((line, index) => !isRule(line) && !isRule(lines[index + 1])).map(cells);
}

function cells(line: string): string[] {
  return line
    .slice(1, line.lastIndexOf('|'))
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
}

/** Targets of links and images; code blocks are no prose. */
export function linkTargets(text: string): string[] {
  return Array.from(withoutCodeBlocks(text).matchAll(/\]\(([^)\s]+)\)/g), ([, target]) => target!);
}

/** The anchors that headings get. */
export function anchorsOf(text: string): string[] {
  const headings = withoutCodeBlocks(text)
    .split('\n')
    .filter((line) => /^#+ /.test(line));
  return headings.map((line) =>
    line
      .replace(/^#+ /, '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}

/** What is set in code type within prose. */
export function codeSpans(text: string): string[] {
  return Array.from(withoutCodeBlocks(text).matchAll(/`([^`\n]+)`/g), ([, code]) => code!);
}

/** What stands in code blocks, of one language where it is given. */
export function codeBlocks(text: string, language = '.*'): string[] {
  return Array.from(text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm')), ([, code]) => code!);
}

function withoutCodeBlocks(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```$/gm, '');
}
