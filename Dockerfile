# syntax=docker/dockerfile:1
# UTXOracle Live: docker build -t utxoracle-live .
# For amd64 and arm64 in one image: docs/operating.md. The stage that builds runs on the builder's own architecture, once
# for both: what it makes is JavaScript, and zeromq brings its binaries for both.

FROM --platform=$BUILDPLATFORM node:24-bookworm-slim AS build
WORKDIR /workspace
ENV CI=true TURBO_TELEMETRY_DISABLED=1 DO_NOT_TRACK=1
# The dependencies first: a change of the source leaves them where they are.
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
RUN npx -y "$(node -p 'require("./package.json").packageManager')" fetch
COPY . .
RUN npx -y "$(node -p 'require("./package.json").packageManager')" install --offline --frozen-lockfile
RUN npx -y "$(node -p 'require("./package.json").packageManager')" exec turbo run build --output-logs=errors-only
RUN npx -y "$(node -p 'require("./package.json").packageManager')" --filter utxoracle-live deploy --prod /program
RUN mkdir /data

FROM node:24-bookworm-slim
WORKDIR /program
COPY --from=build /program ./
# For UTXORACLE_DATA_DIR: a volume that is new takes its owner from this folder.
COPY --from=build --chown=node:node /data /data
# In a container the port is reached from outside or not at all.
ENV NODE_ENV=production UTXORACLE_HOST=0.0.0.0 UTXORACLE_LOG_FORMAT=json
USER node
EXPOSE 8000
# Another port is one outside (-p 9000:8000), or UTXORACLE_PORT: the flag --port is not seen from here. Kubernetes sets
# UTXORACLE_PORT=tcp://… beside a service named utxoracle, which is no port.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${Number(process.env.UTXORACLE_PORT) || 8000}/health/live`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# The flag keeps the young generation of the heap small: some 30 MB less.
ENTRYPOINT ["node", "--optimize-for-size", "/program/dist/main.js"]
