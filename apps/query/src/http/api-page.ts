import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import { API_TITLE, describeApi } from './api-description.js';

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

/** Serves the API description at `/openapi.json` and a page to try it at `/docs`, to which `/` leads. */
export function serveApiPage(app: NestFastifyApplication, version: string): void {
  SwaggerModule.setup('docs', app, describeApi(app, version), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: `${API_TITLE}: the API`,
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
