# A static binary and nothing else: no shell, no root, one writable volume.
#
#   docker build -t albumen .
#   docker run --rm -v "$PWD/examples/journey:/spec:ro" -v albumen:/state --read-only albumen apply --emulator --yes
#
# The first folder holds the spec (albumen.yaml) and its pictures, the volume
# what albumen remembers.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /out/albumen ./cmd/albumen \
 && mkdir /out/state /out/spec

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/albumen /albumen
COPY --from=build /out/spec /spec
# A new named volume takes over the owner of the folder that it covers.
COPY --from=build --chown=65532:65532 /out/state /state
ENV ALBUMEN_STATE_DIR=/state TMPDIR=/state
USER 65532:65532
VOLUME ["/state"]
WORKDIR /spec
ENTRYPOINT ["/albumen"]
CMD ["--help"]
