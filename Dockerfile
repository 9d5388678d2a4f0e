# syntax=docker/dockerfile:1
# docker build --build-arg TORCH_INDEX=... -t yinju .
# docker run --rm -v yinju-index:/yinju/index yinju yinju keys add NAME --scope read --scope write
# docker run -p 127.0.0.1:8000:8000 -v yinju-index:/yinju/index -v "$PWD/seeds:/yinju/seeds:ro" yinju
# or with compose.yaml, which also takes from it what it does not need

ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
WORKDIR /yinju

# The index with torch's CPU wheels; the build stops where pip would take a CUDA one.
ARG TORCH_INDEX=""
# Another package index, for networks with a mirror of their own.
ARG PIP_INDEX_URL=""

# Packages change less often than the code, so they come first and stay cached.
COPY requirements.lock pyproject.toml README.md LICENSE NOTICE ./
COPY scripts/install.sh scripts/torch.sh scripts/
RUN mkdir -p src/yinju && \
    if [ -z "$PIP_INDEX_URL" ]; then unset PIP_INDEX_URL; fi && \
    CPU_ONLY=1 PIP_NO_CACHE_DIR=1 PYTHON=python3 sh scripts/install.sh runtime

COPY src src
COPY api api
ENV YINJU_HOME=/yinju/model
RUN .venv/bin/yinju model


FROM ${PYTHON_IMAGE}
LABEL org.opencontainers.image.title="Yinju" \
      org.opencontainers.image.description="Answers questions about an organisation's reports and quotes the source for every word it says." \
      org.opencontainers.image.licenses="Apache-2.0"

RUN useradd --system --uid 10001 --create-home --home-dir /home/yinju yinju
WORKDIR /yinju
COPY --from=build /yinju /yinju
COPY --chown=yinju seeds seeds
COPY --chown=yinju index index

ENV PATH=/yinju/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    YINJU_HOME=/yinju/model \
    YINJU_LOG_FORMAT=json \
    HOST=0.0.0.0 \
    PORT=8000

USER 10001
VOLUME ["/yinju/seeds", "/yinju/index"]
EXPOSE 8000

# The first start indexes the seeds, hence the long grace.
HEALTHCHECK --interval=30s --timeout=5s --start-period=5m \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/readyz', timeout=4)"]

# An index that can't be brought up to date is no reason to serve nothing: the log and /readyz say what is wrong.
CMD ["sh", "-c", "yinju index || true; exec yinju serve"]
