import { startSystem, type System } from '../support/system.js';

const ASSET = /<(?:script|link|img)\b[^>]*?\b(?:src|href)=["']([^"']+)["']/g;
const LOADS_FROM_ELSEWHERE = /@import|url\(\s*["']?(?:https?:)?\/\//;

describe('the API page at /docs', () => {
  let system: System;

  beforeAll(async () => {
    system = await startSystem();
  });

  test('needs nothing from anywhere else: the app itself serves every asset', async () => {
    const page = await fetch(`${system.query.url}/docs`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
    const assets = Array.from((await page.text()).matchAll(ASSET), ([, url]) => new URL(url!, page.url));
    expect(assets.length).toBeGreaterThan(3);
    expect(assets.filter(({ origin }) => origin !== system.query.url)).toEqual([]);
    for (const asset of assets) {
      const answer = await fetch(asset);
      expect([asset.href, answer.status]).toEqual([asset.href, 200]);
      if (asset.pathname.endsWith('.css')) expect(await answer.text()).not.toMatch(LOADS_FROM_ELSEWHERE);
    }
  });

  test('has a title of its own, and an introduction; / leads to it', async () => {
    const page = await fetch(system.query.url);
    expect(page.url).toBe(`${system.query.url}/docs`);
    const html = await page.text();
    expect(html).toContain('<title>Charging tokens: the API</title>');
    expect(html).toContain('<meta name="viewport" content="width=device-width');
    const api = await (await fetch(`${system.query.url}/openapi.json`)).text();
    const { info } = JSON.parse(api) as { info: { description: string } };
    expect(info.description.match(/\*\*.+?\*\*/g)).toHaveLength(6);
  });

  test('fills in nothing that the caller has not chosen, but the defaults', async () => {
    const api = await (await fetch(`${system.query.url}/openapi.json`)).text();
    const { paths } = JSON.parse(api) as { paths: Record<string, Record<string, { parameters: object[] }>> };
    for (const { parameters } of Object.values(paths).flatMap((methods) => Object.values(methods)))
      for (const parameter of parameters)
        expect(Object.keys(parameter)).not.toEqual(expect.arrayContaining(['examples']));
  });

  test('shows the description that the app serves, not one from elsewhere', async () => {
    const script = await (await fetch(`${system.query.url}/docs/swagger-ui-init.js`)).text();
    expect(script).toContain('"operationId": "listTokens"');
    expect(script).not.toMatch(/"url":\s*"https?:/);
  });
});
