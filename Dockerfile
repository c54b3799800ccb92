# syntax=docker/dockerfile:1
# UTXOracle Live for amd64 and arm64: docker buildx build --platform linux/amd64,linux/arm64 -t utxoracle-live .
# The stage that builds runs on the builder's own architecture, once for both: what it makes is JavaScript, and zeromq
# brings its binaries for both.

FROM --platform=$BUILDPLATFORM node:24-bookworm-slim AS build
WORKDIR /workspace
ENV CI=true TURBO_TELEMETRY_DISABLED=1 DO_NOT_TRACK=1
COPY . .
RUN npx -y "$(node -p 'require("./package.json").packageManager')" install --frozen-lockfile
RUN npx -y "$(node -p 'require("./package.json").packageManager')" exec turbo run build --output-logs=errors-only
RUN npx -y "$(node -p 'require("./package.json").packageManager')" --filter utxoracle-live deploy --prod /program

FROM node:24-bookworm-slim
WORKDIR /program
COPY --from=build /program ./
# In a container the port is reached from outside or not at all.
ENV NODE_ENV=production UTXORACLE_HOST=0.0.0.0 UTXORACLE_LOG_FORMAT=json
USER node
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.UTXORACLE_PORT ?? 8000}/health/live`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/program/dist/main.js"]
