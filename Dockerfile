# A target a process, each with what its own lock installs: docker build --target worker .

# The version that the tests run on.
FROM python:3.11-slim-bookworm AS python
ENV PATH=/opt/selfology/bin:$PATH

FROM python AS install
WORKDIR /install
RUN python -m venv /opt/selfology

FROM install AS install-worker
COPY requirements/worker.txt .
RUN pip install --no-cache-dir --require-hashes -r worker.txt
COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation .

FROM install AS install-bot
COPY requirements/bot.txt .
RUN pip install --no-cache-dir --require-hashes -r bot.txt
COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation .

FROM install AS install-vectors
COPY requirements/vectors.txt .
RUN pip install --no-cache-dir --require-hashes -r vectors.txt
COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation .

FROM install AS install-codec
COPY requirements/codec.txt .
RUN pip install --no-cache-dir --require-hashes -r codec.txt
COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python AS process
RUN useradd --uid 10001 --create-home selfology
USER 10001
WORKDIR /home/selfology

FROM process AS worker
COPY --from=install-worker /opt/selfology /opt/selfology
CMD ["selfology", "worker"]

FROM process AS bot
COPY --from=install-bot /opt/selfology /opt/selfology
CMD ["selfology", "bot"]

FROM process AS vectors
COPY --from=install-vectors /opt/selfology /opt/selfology
CMD ["selfology", "vectors", "serve"]

FROM process AS codec
COPY --from=install-codec /opt/selfology /opt/selfology
CMD ["selfology", "codec"]
