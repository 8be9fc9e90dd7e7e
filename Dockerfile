# wafcheck alone in an image: one static program, which holds its rules and manual pages.
#
#   docker build -t wafcheck .
#   docker run --rm -v "$PWD:/work:ro" wafcheck lint rules/

FROM debian:12 AS build
WORKDIR /source
COPY cmake/packages.txt cmake/install-packages cmake/
RUN cmake/install-packages build static
COPY . .
RUN cmake --preset static
RUN cmake --build --preset static

FROM scratch
COPY --from=build /source/build/static/bin/wafcheck /wafcheck
# Temporary files and collections are for the folder that is mounted.
WORKDIR /work
# Nobody, by number: an image without /etc/passwd knows no names.
USER 65534:65534
ENTRYPOINT ["/wafcheck"]
