/** What puts the rooms of the engine together. */
const ABOVE_THE_ROOMS = ['sample/', 'process/', 'projector\\.ts', 'lease-candidate\\.ts', 'projection\\.module\\.ts'];

/** The allowed arrows: apps use libs, libs never use apps, apps never use each other, events know nobody. */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'apps-do-not-know-each-other',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    { name: 'libs-do-not-know-apps', severity: 'error', from: { path: '^libs/' }, to: { path: '^(apps|tools|test)/' } },
    { name: 'apps-do-not-know-tests', severity: 'error', from: { path: '^apps/' }, to: { path: '^test/' } },
    {
      name: 'apps-do-not-know-tools',
      comment: 'tokenctl publishes the seed, for those who try the product',
      severity: 'error',
      from: { path: '^apps/', pathNot: '^apps/tokenctl/src/seed/' },
      to: { path: '^tools/' },
    },
    {
      name: 'the-seed-knows-the-events-only',
      comment: 'it is part of the image, the other tools are not',
      severity: 'error',
      from: { path: '^tools/seed/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(apps|tools|test)/', pathNot: '^tools/seed/' },
    },
    {
      name: 'token-contract-knows-nobody',
      severity: 'error',
      from: { path: '^libs/token-contract/' },
      to: { path: '^(libs|apps)/', pathNot: '^libs/token-contract/' },
    },
    {
      name: 'the-client-knows-nobody',
      comment:
        'it goes into the services of callers; what it shares with the app is generated from the description of the API',
      severity: 'error',
      from: { path: '^libs/client/' },
      to: { path: '^(libs|apps|tools|test)/', pathNot: '^libs/client/' },
    },
    {
      name: 'the-client-is-for-callers',
      severity: 'error',
      from: { path: '^(apps|libs|tools)/', pathNot: '^libs/client/' },
      to: { path: '^libs/client/' },
    },
    {
      name: 'service-runtime-knows-no-domain',
      severity: 'error',
      from: { path: '^libs/service-runtime/' },
      to: { path: '^libs/(token-contract|projection|token-read-model)/' },
    },
    {
      name: 'the-engine-knows-no-token',
      comment: 'what is projected comes in by the interface of projection.ts',
      severity: 'error',
      from: { path: '^libs/projection/' },
      to: { path: '^libs/(token-contract|token-read-model)/' },
    },
    ...['stream', 'store', 'run', 'rebuild', 'operate'].map((room, floor, rooms) => ({
      name: `no-arrow-up-from-${room}`,
      comment: `the rooms of the engine, from the ground up: ${rooms.join(', ')}`,
      severity: 'error',
      from: { path: `^libs/projection/src/${room}/` },
      to: {
        path: `^libs/projection/src/(${[...rooms.slice(floor + 1), ...ABOVE_THE_ROOMS].join('|')})`,
      },
    })),
    {
      name: 'no-arrow-up-from-the-ground',
      comment: 'what every room imports must not lead from one room to a later one; the engine has its metrics by type',
      severity: 'error',
      from: { path: '^libs/projection/src/(change-order|engine|job|projection|settings|table-template)\\.ts$' },
      to: {
        path: `^libs/projection/src/([a-z]+/|${ABOVE_THE_ROOMS.join('|')})`,
        pathNot: '^libs/projection/src/(stream/|run/projector-metrics\\.ts$)',
      },
    },
    {
      name: 'the-projection-is-pure',
      comment: 'reduce and fold decide; load and save touch the database',
      severity: 'error',
      from: { path: '^libs/token-read-model/src/fold/' },
      to: {
        path: '^node_modules/|^libs/(projection|service-runtime)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'only-the-query-app-describes-its-api',
      comment: 'a fifth of the processor time in which a projector starts went into loading it for nothing',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '^apps/query/' },
      to: { path: 'node_modules/@nestjs/swagger/' },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: '\\.(d|spec)\\.ts$|^(test|tools)/' },
      to: {},
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-dev-dependencies-in-production',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.d.ts'],
    },
  },
};
