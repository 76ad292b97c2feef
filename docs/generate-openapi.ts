import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { readFile } from 'node:fs/promises';
import openapiTypes, { astToString } from 'openapi-typescript';
import { AppModule } from '../apps/query/src/app.module.js';
import { describeApi } from '../apps/query/src/http/api-description.js';
import type { QuerySettings } from '../apps/query/src/settings.js';
import type { Logger } from '../libs/service-runtime/src/logger.js';
import type { Tracing } from '../libs/service-runtime/src/tracing/tracing.js';
import { writeGenerated } from './write-generated.js';

/**
 * Writes what the query app serves at /openapi.json into docs/openapi.json, and the types of the client from it; with `--check` it only
 * compares, and fails on a difference. A preview of the app makes none of its parts, so it needs no settings. With docs/tsconfig.json it
 * reads the sources, so it needs no build.
 */
const app = await NestFactory.create<NestFastifyApplication>(
  AppModule.with({} as QuerySettings, {} as Logger, {} as Tracing),
  new FastifyAdapter(),
  { preview: true, logger: false },
);
const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
const document = JSON.stringify(describeApi(app, version));
await writeGenerated('docs/openapi.json', document, 'npm run docs:openapi');

// The types are read in an editor, where whole examples are in the way.
const withoutExamples = JSON.stringify(
  JSON.parse(document, (key, value: unknown) => (/^examples?$/.test(key) ? undefined : value)),
);
const types = astToString(await openapiTypes(withoutExamples));
const heading = '// Made from docs/openapi.json by "npm run docs:openapi".\n\n';
await writeGenerated('libs/client/src/api.generated.ts', heading + types, 'npm run docs:openapi');
