// Tests run as CommonJS: jest on Node 20 cannot require ESM, so ESM-only packages are transformed too (decision 0002).
const ESM_ONLY = ['@nestjs', 'cookie', 'jose', 'fast-check', 'pure-rand'].join('|');

const common = {
  testEnvironment: 'node',
  transform: {
    '^.+\\.[cm]?[jt]s$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  transformIgnorePatterns: [`node_modules/(?!(${ESM_ONLY})/)`],
  // With the ending: `./list-tokens.sql.js` is list-tokens.sql.ts, not the file list-tokens.sql beside it.
  moduleNameMapper: {
    '^#(token-contract|projection|token-read-model|service-runtime)/(.*)\\.js$': '<rootDir>/libs/$1/src/$2.ts',
    '^#tools/(.*)\\.js$': '<rootDir>/tools/$1.ts',
    '^(\\.{1,2}/.*)\\.js$': ['$1.ts', '$1.js'],
  },
};

export default {
  testSequencer: '<rootDir>/test/support/slowest-first.mjs',
  projects: [
    { ...common, displayName: 'unit', testMatch: ['<rootDir>/{apps,libs,tools,test/protections}/**/*.spec.ts'] },
    {
      ...common,
      displayName: 'system',
      testEnvironment: '<rootDir>/test/support/environment.mjs',
      testMatch: ['<rootDir>/test/**/*.spec.ts'],
      // Elections take their time: the tests on a cluster have a command of their own, npm run test:cluster. Those of the
      // API page need a Chromium: npm run test:page.
      testPathIgnorePatterns: [
        '/node_modules/',
        '<rootDir>/test/protections/',
        ...(process.env['CLUSTER_TESTS'] ? [] : ['<rootDir>/test/cluster/']),
        ...(process.env['PAGE_TESTS'] ? [] : ['<rootDir>/test/page/']),
      ],
      globalSetup: '<rootDir>/test/support/global-setup.mjs',
      globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
      setupFilesAfterEnv: ['<rootDir>/test/support/each-file.ts'],
    },
  ],
};
