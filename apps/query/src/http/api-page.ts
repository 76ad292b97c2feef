import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { SCHEMAS } from './api-schemas.js';

/** Serves the API description at `/openapi.json` and a page to try it at `/docs`. */
export function serveApiPage(app: INestApplication, version: string): void {
  const config = new DocumentBuilder()
    .setTitle('Charging tokens')
    .setDescription('The tokens with which drivers start charging sessions: RFID cards, app tokens and vehicle ids.')
    .setVersion(version)
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .build();
  const document = SwaggerModule.createDocument(app, config);
  document.components = { ...document.components, schemas: SCHEMAS };
  document.paths = onlyApi(document.paths);
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'openapi.json', yamlDocumentUrl: 'openapi.yaml' });
}

/**
 * Leaves out health and metrics. A decorator could hide them, but the projector has these controllers too and would have to load Swagger
 * for it.
 */
function onlyApi(paths: OpenAPIObject['paths']): OpenAPIObject['paths'] {
  return Object.fromEntries(Object.entries(paths).filter(([path]) => path.startsWith('/v2/')));
}
