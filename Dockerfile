# The runtime as an image: server, worker, registration and flow runs are commands of it.
# Everything is pinned, with hashes, by deployments/docker/locks; EXTRAS says which of them are wanted:
#   docker build -t quantum-runtime:0.2.0 .
#   docker build -t quantum-runtime:0.2.0-cluster --build-arg EXTRAS="postgres dask ray kubernetes" .
ARG PYTHON=3.11-slim-bookworm

FROM python:${PYTHON} AS build
ARG EXTRAS="postgres"
WORKDIR /opt/quantum-runtime
COPY requirements.lock ./
COPY deployments/install.sh deployments/
COPY deployments/docker/locks deployments/docker/locks
RUN PROJECT=none sh deployments/install.sh python /opt/venv \
      $(printf 'deployments/docker/locks/%s.lock ' base ${EXTRAS})
# What changes most often comes last: a new release of ours is one small layer.
COPY pyproject.toml README.md prefect.yaml ./
COPY flows flows
COPY blocks blocks
COPY tasks tasks
COPY datasets datasets
COPY deployments deployments
# Editable: prefect.yaml lies beside the packages, and `datasets` stays ours.
RUN sh deployments/install.sh python /opt/venv

FROM python:${PYTHON}
RUN useradd --uid 10001 --user-group --create-home --shell /usr/sbin/nologin quantum \
 && install --directory --mode=0700 --owner=quantum --group=quantum /var/lib/quantum-runtime
COPY --from=build /opt/venv /opt/venv
COPY --from=build /opt/quantum-runtime /opt/quantum-runtime
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    QRT_HOME=/var/lib/quantum-runtime \
    PREFECT_HOME=/tmp/prefect \
    PREFECT_SERVER_UI_STATIC_DIRECTORY=/tmp/prefect/ui \
    PREFECT_SERVER_ANALYTICS_ENABLED=false \
    DO_NOT_TRACK=1 \
    GX_ANALYTICS_ENABLED=false
WORKDIR /var/lib/quantum-runtime
USER 10001:10001
VOLUME /var/lib/quantum-runtime
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
  CMD ["python", "-m", "deployments.server.health"]
# No entrypoint: a Prefect worker gives each flow run a command of its own.
CMD ["qrt", "--help"]
