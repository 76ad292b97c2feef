import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { API_INTRODUCTION } from './api-introduction.js';
import { SCHEMAS } from './api-schemas.js';

const TITLE = 'Charging tokens';

const VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1">';

/** For narrow screens: the page's own style leaves a parameter no room beside its name. */
const CSS = `
.swagger-ui .topbar { display: none }
@media (max-width: 640px) {
  .swagger-ui .wrapper, .swagger-ui .information-container.wrapper { padding: 0 12px }
  .swagger-ui .opblock .opblock-summary-path { max-width: none; word-break: break-word }
  .swagger-ui table.parameters, .swagger-ui table.parameters > tbody, .swagger-ui table.parameters > tbody > tr,
  .swagger-ui table.parameters > tbody > tr > td { display: block; width: auto }
  .swagger-ui table.parameters > thead { display: none }
  .swagger-ui .parameters-col_description input, .swagger-ui .parameters-col_description select { max-width: 100%; width: 100% }
  .swagger-ui .opblock-body pre.microlight, .swagger-ui .markdown p { overflow-wrap: anywhere }
}`;

/** The description of the API in OpenAPI 3.1. */
export function openApiDocument(app: NestFastifyApplication, version: string): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle(TITLE)
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

/** Serves the API description at `/openapi.json` and a page to try it at `/docs`, to which `/` leads. */
export function serveApiPage(app: NestFastifyApplication, version: string): void {
  const document = openApiDocument(app, version);
  SwaggerModule.setup('docs', app, document, {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: `${TITLE}: the API`,
    customCss: CSS,
    swaggerOptions: { persistAuthorization: true, tryItOutEnabled: true, requestInterceptor: withoutSecondBearer },
  });
  const instance = app.getHttpAdapter().getInstance();
  // Without it a phone shows the page as on a wide screen, too small to read.
  instance.addHook('onSend', ({ routeOptions: { url } }, _reply, payload, done) => {
    done(
      null,
      url === '/docs' && typeof payload === 'string' ? payload.replace('<head>', `<head>${VIEWPORT}`) : payload,
    );
  });
  // A request for `*` comes here as well.
  instance.get('/', ({ url }, reply) => (url.startsWith('/') ? reply.redirect('/docs') : reply.callNotFound()));
}

/** Runs in the browser: the page adds `Bearer` to a token that was pasted with it. */
function withoutSecondBearer(request: { headers: Record<string, string> }): object {
  const { Authorization: authorization } = request.headers;
  if (authorization) request.headers['Authorization'] = authorization.replace(/^Bearer\s+Bearer\s+/i, 'Bearer ');
  return request;
}

/**
 * Leaves out health and metrics. A decorator could hide them, but the projector has these controllers too and would have to load Swagger
 * for it.
 */
function onlyApi(paths: OpenAPIObject['paths']): OpenAPIObject['paths'] {
  return Object.fromEntries(Object.entries(paths).filter(([path]) => path.startsWith('/v2/')));
}
