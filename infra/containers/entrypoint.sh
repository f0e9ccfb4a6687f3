#!/bin/sh
# Starts the worker in a container: the folders that it writes to must be writable before it is said to run.
set -eu
for folder in "$HINTRANK_HOME" "$GPU_WORKER_CACHE_FOLDER"; do
  if ! mkdir -p "$folder" 2>/dev/null || ! [ -w "$folder" ]; then
    echo "The folder $folder is not writable for user $(id -u): mount a volume there that is." >&2
    exit 1
  fi
done
exec node /app/gpu-worker/main.ts
