import { startSystem, type System } from '../support/system.js';
import { codeSpans, sectionOf, tableRows } from './markdown.js';
import { textOf } from './project-files.js';

describe('the metrics in docs/operations.md', () => {
  const documented = tableRows(sectionOf(textOf('docs/operations.md'), 'Metrics')).flatMap(([names]) =>
    codeSpans(names!),
  );
  let system: System;

  beforeAll(async () => {
    system = await startSystem();
  });

  test('are there, under these names', async () => {
    expect(documented.length).toBeGreaterThan(10);
    for (const app of ['projector', 'query'] as const) {
      const text = await (await fetch(`${system[app].url}/metrics`)).text();
      const exposed = Array.from(text.matchAll(/^# HELP (\w+)/gm), ([, name]) => name!);
      const ofApp = (name: string) => name.startsWith(`${app}_`) || name.startsWith('nats_');
      expect(documented.filter(ofApp).toSorted()).toEqual(exposed.filter(ofApp).toSorted());
    }
  });

  test('have the ending _total if they only rise, and only then', async () => {
    for (const app of ['projector', 'query'] as const) {
      const text = await (await fetch(`${system[app].url}/metrics`)).text();
      const types = Array.from(text.matchAll(/^# TYPE (\w+) (\w+)$/gm), ([, name, type]) => ({ name: name!, type }));
      expect(types.length).toBeGreaterThan(20);
      expect(types.filter(({ name, type }) => name.endsWith('_total') !== (type === 'counter'))).toEqual([]);
    }
  });
});
