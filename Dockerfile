# syntax=docker/dockerfile:1
# One image for every role: compose runs it as migration, web, workers and beat.
# No container engine was at hand when this was written: its steps were run one by one on a
# Debian machine, the image itself has never been built. Say so when that changes.

FROM node:22.18-slim AS frontend
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts

FROM python:3.13-slim-bookworm AS build
WORKDIR /src
COPY requirements/installer.lock requirements/production.lock requirements/
RUN python -m venv /opt/matchmaker \
    && /opt/matchmaker/bin/pip install --no-cache-dir --require-hashes -r requirements/installer.lock \
    && /opt/matchmaker/bin/uv pip install --no-cache --python /opt/matchmaker/bin/python \
        --no-deps --require-hashes --compile-bytecode -r requirements/production.lock
COPY pyproject.toml README.md LICENSE ./
COPY tools tools
COPY search_index search_index
COPY matchmaker matchmaker
COPY workers workers
COPY seed_data seed_data
COPY --from=frontend /src/node_modules node_modules
# The catalogues and the front end are made here, so that the installed package holds them.
RUN /opt/matchmaker/bin/python tools/build_frontend.py --node-modules node_modules \
    && /opt/matchmaker/bin/pybabel compile --directory matchmaker/translations \
    && /opt/matchmaker/bin/uv pip install --no-cache --python /opt/matchmaker/bin/python \
        --no-deps --no-build-isolation --compile-bytecode . \
    && /opt/matchmaker/bin/pip uninstall --yes uv

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --create-home matchmaker \
    && install --directory --mode 0700 --owner matchmaker --group matchmaker /data
COPY --from=build /opt/matchmaker /opt/matchmaker
ENV PATH=/opt/matchmaker/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MATCHMAKER_DATA_DIR=/data
# By number, so that Kubernetes can see that it is not root.
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
CMD ["matchmaker", "serve"]
