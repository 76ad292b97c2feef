import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { startWorld, type World } from '../query/world.js';
import { atEnd } from '../support/at-end.js';
import { aTokenEvent } from '../support/builders.js';
import { signToken } from '../support/jwt.js';
import { installedProgram } from '../support/servers/programs.js';

const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const LIST = '#operations-tokens-listTokens';
const DESKTOP = { viewport: { width: 1200, height: 1600 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

function chromiumProgram(): string {
  const program = process.env['CHROMIUM_BIN'] || CHROMIUM.map(installedProgram).find((path) => path !== undefined);
  if (!program)
    throw new Error('There is no Chromium on this machine: install the package chromium, or name one in CHROMIUM_BIN.');
  return program;
}

describe('the API page in a browser', () => {
  let world: World;
  let browser: Browser;
  let token: string;

  beforeAll(async () => {
    world = await startWorld([1, 2, 3].map((id) => aTokenEvent('token.created', { id })));
    token = await signToken();
    // As root, in containers for instance, Chromium has no sandbox.
    browser = await chromium.launch({ executablePath: chromiumProgram(), chromiumSandbox: process.getuid?.() !== 0 });
    atEnd('closing the browser', () => browser.close());
  });

  /** A browser that nobody has used before, at the address that people type. @returns also what it complained of */
  const opened = async (screen: typeof DESKTOP): Promise<{ page: Page; complaints: string[] }> => {
    const page = await (await browser.newContext(screen)).newPage();
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('requestfailed', (request) => complaints.push(`${request.url()}: ${request.failure()?.errorText}`));
    await page.goto(`${world.query.url}/`);
    await page.locator(LIST).waitFor();
    return { page, complaints };
  };

  const authorise = async (page: Page) => {
    await page.locator('.btn.authorize').first().click();
    await page.locator('.auth-container input').fill(`Bearer ${token}`);
    await page.locator('.auth-btn-wrapper .authorize').click();
    await page.locator('.auth-btn-wrapper .btn-done').click();
  };

  /** Sends the list request with a click. @returns what the page shows of the answer */
  const list = async (page: Page) => {
    // The address names the request that was open, so after a reload it opens again by itself.
    if (!page.url().includes('#')) await page.locator(`${LIST} .opblock-summary-control`).click();
    await page.locator(`${LIST} .execute`).click();
    const answer = page.locator(`${LIST} .live-responses-table .response`).first();
    await answer.waitFor();
    const status = await answer.locator('.response-col_status').innerText();
    return { status: status.trim(), body: await answer.innerText() };
  };

  const shot = async (page: Page, name: string) => {
    const folder = process.env['SCREENSHOTS'];
    if (!folder) return;
    mkdirSync(folder, { recursive: true });
    await page.screenshot({ path: join(folder, `${name}.png`) });
  };

  test('opens, takes a pasted "Bearer <jwt>", lists tokens, and is still logged in after a reload', async () => {
    const { page, complaints } = await opened(DESKTOP);
    expect(page.url()).toBe(`${world.query.url}/docs`);
    await shot(page, '1-opened');
    await authorise(page);
    const answered = await list(page);
    await shot(page, '2-listed');
    expect(answered.status).toMatch(/^200/);
    for (const { identifier } of world.tokens) expect(answered.body).toContain(identifier.uid);

    await page.reload();
    expect((await list(page)).status).toMatch(/^200/);
    await shot(page, '3-reloaded');
    expect(complaints).toEqual([]);
  });

  test('says 403 to a caller who is not logged in', async () => {
    const { page } = await opened(DESKTOP);
    const { status, body } = await list(page);
    expect(status).toMatch(/^403/);
    expect(body).toContain('A JWT is required');
  });

  test('fits a phone: nothing has to be scrolled sideways', async () => {
    const { page } = await opened(PHONE);
    const widths = () => page.evaluate<number[]>('[document.documentElement.scrollWidth, innerWidth]');
    expect(await widths()).toEqual([390, 390]);
    await shot(page, '4-phone');
    await authorise(page);
    expect((await list(page)).status).toMatch(/^200/);
    expect(await widths()).toEqual([390, 390]);
    await page.locator(`${LIST} .parameters-container`).scrollIntoViewIfNeeded();
    await shot(page, '5-phone-parameters');
  });
});
