import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { atEnd } from '../support/at-end.js';
import { bundleApps } from '../support/bundle.js';
import { copyCheckout } from './checkout-copy.js';
import { Compiler } from './compiler.js';
import { switchedOff, type Protection } from './protection.js';
import { runSpec, type SpecOutcome } from './run-spec.js';

/** Switches one protection after the other off and runs its test. @returns whether every one was caught */
export async function runProtections(protections: readonly Protection[]): Promise<boolean> {
  const copy = await copyCheckout();
  atEnd('removing the copy of the checkout', () => copy.remove());
  const path = ({ file }: Protection) => join(copy.path, file);
  const compiler = new Compiler(copy.path, [...new Set(protections.map(path).filter(isCompiled))]);
  const width = Math.max(...protections.map(({ name }) => name.length));
  const first = firstRuns(copy.path);
  let caught = 0;
  for (const protection of protections) {
    const source = await readFile(path(protection), 'utf8');
    const change = async (text: string) => {
      await writeFile(path(protection), text);
      if (!isCompiled(protection.file)) return;
      compiler.build(path(protection), text);
      await bundleApps(copy.path);
    };
    const startedAt = performance.now();
    const unspoilt = await first(protection);
    await change(switchedOff(source, protection));
    const { verdict, words } = unspoilt ?? (await runSpec(copy.path, protection));
    await change(source);
    if (verdict === 'caught') caught += 1;
    const seconds = String(Math.round((performance.now() - startedAt) / 1000)).padStart(4);
    console.log(`${protection.name.padEnd(width)}  ${seconds} s  ${verdict}: ${words}`);
  }
  console.log(`\n${caught} of ${protections.length} protections are held by a test that fails without them.`);
  return caught === protections.length;
}

/** A test that fails with the protection in its place shows nothing without it. @returns runs each test once; undefined when it passes */
function firstRuns(checkout: string): (protection: Protection) => Promise<SpecOutcome | undefined> {
  const known = new Map<string, Promise<SpecOutcome | undefined>>();
  const run = async (protection: Protection): Promise<SpecOutcome | undefined> => {
    const { verdict, words } = await runSpec(checkout, protection);
    if (verdict === 'NOT CAUGHT') return undefined;
    return { verdict: verdict === 'NO SUCH TEST' ? verdict : 'FAILS ANYWAY', words };
  };
  return (protection) => {
    const key = `${protection.spec} ${protection.test}`;
    const outcome = known.get(key) ?? run(protection);
    known.set(key, outcome);
    return outcome;
  };
}

/** What else there is, `package.json` for instance, is read as it stands. */
function isCompiled(file: string): boolean {
  return file.endsWith('.ts');
}
