import { tsImport } from 'tsx/esm/api';

/** Jest loads this file outside of its transforms, so tsx loads the rest. */
export default async function globalSetup() {
  const { setUpSuite } = await tsImport('./suite.ts', import.meta.url);
  globalThis.tearDownSuite = await setUpSuite();
}
