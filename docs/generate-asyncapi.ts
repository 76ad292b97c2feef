import 'reflect-metadata';
import { readFile } from 'node:fs/promises';
import { requestParts } from '../apps/query/src/nats/request-channels.js';
import { asyncApiDocument } from '../libs/token-contract/src/asyncapi.js';
import { writeGenerated } from './write-generated.js';

/** Writes docs/asyncapi.json from the schemas in the code; with `--check` it only compares, and fails on a difference. */
const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
await writeGenerated(
  'docs/asyncapi.json',
  JSON.stringify(asyncApiDocument(version, requestParts())),
  'npm run docs:asyncapi',
);
