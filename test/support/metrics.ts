/** Reads the Prometheus text format into a map from `name` or `name{label="value"}` to its value. */
export function parseMetrics(text: string): Map<string, number> {
  const values = new Map<string, number>();
  for (const line of text.split('\n')) {
    const sample = /^([^#\s{]+(?:\{.*\})?) (\S+)/.exec(line);
    if (sample) values.set(sample[1]!, Number(sample[2]!.replace('Inf', 'Infinity')));
  }
  return values;
}
