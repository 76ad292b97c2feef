# One image for every program: the command says which (see docker-compose.yml). Without one it is the query app.

FROM node:26-slim AS base
WORKDIR /app

# Everything, to compile. Install scripts are not needed for that and do not run.
FROM base AS build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY libs libs
COPY apps apps
COPY tools/seed tools/seed
COPY tools/bundle.mjs tools/bundle.mjs
RUN npm run build

# What the programs need when they run.
FROM base AS dependencies
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM base AS runtime
ENV NODE_ENV=production
# The libs are found through the "imports" of package.json, so it belongs beside dist.
COPY package.json ./
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
USER node
EXPOSE 3000 3001
# One container runs one program: whichever of the two ports answers is its own.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "Promise.any([process.env.HTTP_PORT || 3000, process.env.PROJECTOR_HTTP_PORT || 3001].map((port) => fetch('http://127.0.0.1:' + port + '/health/live').then((answer) => answer.ok || Promise.reject()))).then(() => process.exit(0), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=64", "--no-allocation-site-pretenuring", "dist/bin/query.js"]
