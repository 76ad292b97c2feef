import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import { AppModule } from '../apps/query/src/app.module.js';
import { openApiDocument } from '../apps/query/src/http/api-page.js';
import { readQuerySettings } from '../apps/query/src/settings.js';
import { Environment } from '../libs/service-runtime/src/settings/environment.js';
import { keepUpToDate } from './generated.js';

/** Nothing is connected to, and the settings are nowhere in the description. */
const SETTINGS = { DATABASE_URL: 'postgres://nobody@nowhere/nothing', JWT_SECRET: 'x'.repeat(32) };

const module = AppModule.with(Environment.read(SETTINGS, readQuerySettings), pino({ level: 'silent' }));
const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), {
  preview: true,
  logger: false,
});
await keepUpToDate('openapi', (version) => openApiDocument(app, version));
