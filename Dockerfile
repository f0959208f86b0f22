# The upload page in a container: build with `docker build -t hinge-vision .`, run as docs/server.md says.
FROM python:3.12-slim-trixie

RUN apt-get update \
    && apt-get install -y --no-install-recommends libgl1 libegl1 libgles2 libglib2.0-0 \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /src
COPY pyproject.toml README.md LICENSE constraints.txt ./
COPY models models
COPY hinge_vision hinge_vision
# the pinned list is complete: nothing is resolved, and MediaPipe's unused half a gigabyte stays out
RUN sed '/^# what tests/,$d' constraints.txt > run.txt \
    && pip install --no-cache-dir --no-deps -r run.txt hatchling==1.33.0 packaging pathspec pluggy trove-classifiers \
    && pip install --no-cache-dir --no-deps --no-build-isolation . \
    && pip uninstall --yes hatchling pathspec pluggy trove-classifiers \
    && rm -rf /src

RUN useradd --create-home --uid 10001 hinge && install -d -o hinge -m 700 /data
USER hinge
WORKDIR /home/hinge
VOLUME /data
EXPOSE 8000
# reached from outside the container, so a token is printed at each start; --password-file sets a lasting one
ENTRYPOINT ["hinge-vision", "serve", "--host", "0.0.0.0", "--data", "/data"]
