# The command. From the root of the repository:
#
#     docker build --file docs/deploy/command.Dockerfile --tag keras-rcnn .
#     docker run --rm --user "$(id -u):$(id -g)" --volume "$PWD:/work" \
#         keras-rcnn label --model=pyramid_stanford_background street.jpg
FROM python:3.12-slim-bookworm AS build
WORKDIR /build
RUN python -m venv /opt/keras-rcnn
ENV PATH=/opt/keras-rcnn/bin:$PATH
# Built again only if the lock changes.
COPY docs/deploy/command.lock ./
RUN pip install --no-cache-dir --require-hashes --requirement command.lock
COPY pyproject.toml setup.py README.md LICENSE ./
COPY saved_models saved_models
COPY keras_rcnn keras_rcnn
RUN pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.12-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /nonexistent keras-rcnn
COPY --from=build /opt/keras-rcnn /opt/keras-rcnn
ENV PATH=/opt/keras-rcnn/bin:$PATH \
    TF_CPP_MIN_LOG_LEVEL=2
USER 10001
WORKDIR /work
HEALTHCHECK NONE
ENTRYPOINT ["keras-rcnn"]
CMD ["--help"]
