import { build } from 'esbuild';
import { join, resolve } from 'node:path';

/*
 * An app as tsc compiles it loads 900 to 2,400 files when it starts, and most of its start is spent on finding and reading them: as one
 * file it starts in a third of the processor time. Decision 0020.
 */
const APPS = ['projector', 'query', 'tokenctl'];
/** What an app loads only on demand has a file of its own beside it: in the app's file it would cost every start a megabyte. */
const ON_DEMAND = { 'open-telemetry': 'dist/libs/service-runtime/src/tracing/open-telemetry.js' };

const leaveOutWhatIsLoadedOnDemand = {
  name: 'leave-out-what-is-loaded-on-demand',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\// }, ({ path, kind }) => {
      const isOnDemand = kind === 'dynamic-import' && path.slice(2, -3) in ON_DEMAND;
      return isOnDemand ? { path, external: true } : undefined;
    });
  },
};

/** Nest names packages that it loads where an application uses them. Ours uses none of those that are not installed. */
const leaveOutWhatIsNotInstalled = {
  name: 'leave-out-what-is-not-installed',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[^.#/]/ }, async ({ path, kind, pluginData, ...args }) => {
      if (kind !== 'dynamic-import' || pluginData?.wasTried) return undefined;
      const found = await resolve(path, { ...args, kind, pluginData: { wasTried: true } });
      return found.errors.length > 0 ? { path, external: true } : found;
    });
  },
};

/**
 * @param {string} root a checkout, or what there is of it: dist, package.json and node_modules
 * @param {Record<string, string>} entries paths below the root, by the names of the bundles
 * @returns what is written: dist/bin/<name>.js
 */
function bundle(root, entries) {
  return build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir: join(root, 'dist/bin'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'error',
    // jsonc-parser's `main` is written for another loader; its `module` says the same.
    mainFields: ['module', 'main'],
    // CommonJS packages require what Node brings.
    banner: { js: "import { createRequire as from } from 'node:module'; const require = from(import.meta.url);" },
    plugins: [leaveOutWhatIsLoadedOnDemand, leaveOutWhatIsNotInstalled],
  });
}

// node tools/bundle.mjs [root] [name=path...]: the apps as they were compiled, unless others are named.
const [root = process.cwd(), ...named] = process.argv.slice(2);
const apps = APPS.map((app) => [app, `dist/apps/${app}/src/main.js`]).concat(Object.entries(ON_DEMAND));
await bundle(resolve(root), Object.fromEntries(named.length > 0 ? named.map((entry) => entry.split('=')) : apps));
