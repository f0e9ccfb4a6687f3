# The GPU worker on CUDA 12 (linux/amd64). Build from the repository's root:
#   docker build --file infra/containers/worker-cuda.dockerfile --tag hintrank-worker-cuda .
# GPU_WORKER_MODEL: a mounted path, or a hub id, which is fetched into the volume. The driver is the node's: run with the NVIDIA container toolkit, --gpus all.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim
ARG CUDA_IMAGE=nvidia/cuda:12.9.1-cudnn-runtime-ubuntu24.04

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# No package's script is run but one, by its name: that of the runtime, which fetches the CUDA libraries that npm's package is too small for.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund \
    && npm uninstall --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund \
        @zip.js/zip.js aws4fetch citty cli-progress drizzle-orm hono-openapi smol-toml wrangler \
    && node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12

FROM ${NODE_IMAGE} AS programs
RUN apt-get update \
    && apt-get install --yes --no-install-recommends tini=0.19.0-1+b3 \
    && rm -rf /var/lib/apt/lists/*

FROM ${CUDA_IMAGE} AS worker
# Both are built for an older C library than this image's.
COPY --from=programs /usr/bin/tini /usr/bin/tini
COPY --from=programs /usr/local/bin/node /usr/local/bin/node
RUN mkdir -p /var/lib/hintrank && chown 65532:65532 /var/lib/hintrank
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
    GPU_WORKER_DEVICE=cuda \
    HINTRANK_HOME=/var/lib/hintrank \
    GPU_WORKER_CACHE_FOLDER=/var/lib/hintrank/cache
VOLUME ["/var/lib/hintrank"]
EXPOSE 8790
USER 65532:65532
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["node", "/app/infra/containers/check-health.mjs"]
ENTRYPOINT ["/usr/bin/tini", "--", "/app/infra/containers/entrypoint.sh"]
