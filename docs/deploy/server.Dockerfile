# The server of a network, gRPC and REST. From the root of the repository:
#
#     docker build --file docs/deploy/server.Dockerfile --tag keras-rcnn-server .
#     docker run --rm --publish 127.0.0.1:8501:8501 --read-only --tmpfs /tmp \
#         keras-rcnn-server
FROM python:3.12-slim-bookworm AS build
WORKDIR /build
RUN python -m venv /opt/keras-rcnn
ENV PATH=/opt/keras-rcnn/bin:$PATH
# Built again only if the lock changes.
COPY docs/deploy/server.lock ./
RUN pip install --no-cache-dir --require-hashes --requirement server.lock
COPY pyproject.toml setup.py README.md LICENSE ./
COPY saved_models saved_models
COPY keras_rcnn keras_rcnn
RUN pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.12-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /nonexistent keras-rcnn
COPY --from=build /opt/keras-rcnn /opt/keras-rcnn
COPY saved_models/rcnn2_stanford_background /models/scene_parser
ENV PATH=/opt/keras-rcnn/bin:$PATH \
    TF_CPP_MIN_LOG_LEVEL=2
USER 10001
EXPOSE 8500 8501 8502
HEALTHCHECK --start-period=60s --interval=30s --timeout=10s CMD \
    ["python", "-c", "import urllib.request as web; web.urlopen('http://127.0.0.1:8501/v2/health/ready', timeout=5)"]
ENTRYPOINT ["keras-rcnn", "serve", "--host=0.0.0.0"]
CMD ["--model=/models/scene_parser"]
