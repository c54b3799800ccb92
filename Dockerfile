# UTXOracle Live: docker build -t utxoracle-live .
# Builds for amd64 and arm64: docs/operating.md. The build stage runs once on the builder's
# architecture: its output is JavaScript, and zeromq has binaries for both.

FROM --platform=$BUILDPLATFORM node:24-bookworm-slim AS build
WORKDIR /workspace
ENV CI=true TURBO_TELEMETRY_DISABLED=1 DO_NOT_TRACK=1
# Dependencies first, so that source changes do not install them again.
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
RUN npx -y "$(node -p 'require("./package.json").packageManager')" fetch
COPY . .
RUN npx -y -p "$(node -p 'require("./package.json").packageManager')" -c "pnpm install --offline --frozen-lockfile \
    && pnpm exec turbo run build --output-logs=errors-only && pnpm --filter utxoracle-live deploy --prod /program"
RUN mkdir /data

FROM node:24-bookworm-slim
WORKDIR /program
COPY --from=build /program ./
# For UTXORACLE_DATA_DIR: a new volume takes its owner from this folder.
COPY --from=build --chown=node:node /data /data
# The container's port must be reachable from outside.
ENV NODE_ENV=production UTXORACLE_HOST=0.0.0.0 UTXORACLE_LOG_FORMAT=json
USER node
EXPOSE 8000
# The health check does not see --port: use UTXORACLE_PORT or -p 9000:8000. It ignores
# UTXORACLE_PORT=tcp://…, which Kubernetes sets for a service named utxoracle.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${Number(process.env.UTXORACLE_PORT) || 8000}/health/live`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Keeps the heap's young generation small: about 30 MB less.
ENTRYPOINT ["node", "--optimize-for-size", "/program/dist/main.js"]
