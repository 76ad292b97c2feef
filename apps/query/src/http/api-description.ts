import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { API_INTRODUCTION } from './api-introduction.js';
import { SCHEMAS } from './api-schemas.js';

export const API_TITLE = 'Charging tokens';

/** The API in OpenAPI's words. The app needs no server and no settings for it: it may be a preview. */
export function describeApi(app: INestApplication, version: string): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle(API_TITLE)
    .setDescription(API_INTRODUCTION)
    .setVersion(version)
    .setOpenAPIVersion('3.1.0')
    .addServer('/', 'The query app that serves this description.')
    .addTag('tokens', 'The charging tokens that the caller may see.')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description:
        'A JWT with `exp`. Its claim of customers, where it has one, narrows every answer to those customers.',
    })
    .build();
  const document = SwaggerModule.createDocument(app, config);
  document.components = { ...document.components, schemas: SCHEMAS };
  document.paths = onlyApi(document.paths);
  return document;
}

/**
 * Leaves out health and metrics. A decorator could hide them, but the projector has these controllers too and would have to load Swagger
 * for it.
 */
function onlyApi(paths: OpenAPIObject['paths']): OpenAPIObject['paths'] {
  return Object.fromEntries(Object.entries(paths).filter(([path]) => path.startsWith('/v2/')));
}
