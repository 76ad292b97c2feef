import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { SCHEMAS } from './api-answers.js';

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
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'openapi.json', yamlDocumentUrl: 'openapi.yaml' });
}
