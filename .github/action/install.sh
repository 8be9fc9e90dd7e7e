#!/usr/bin/env bash
# Puts wafcheck on the PATH of the steps that follow: the program of a release, whose checksum has to
# be the one that is given, or without a version one that is built from the source of this action.
#
# VERSION   as 1.2.0; empty: build it
# SHA256    of the release's archive for this machine
# RELEASES  address of the folder that has a folder for each version
set -euo pipefail

fail() {
  echo "::error::$1"
  exit 1
}

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
if [[ -z ${VERSION:-} ]]; then
  "$source_dir/cmake/install-packages" build
  cmake -S "$source_dir" --preset release -DWAFCHECK_TESTS=OFF
  cmake --build "$source_dir/build/release" --target wafcheck --parallel "$(nproc)"
  folder=$source_dir/build/release/cli
else
  name=wafcheck-$VERSION-linux-$(uname -m)
  address=$RELEASES/v$VERSION/$name.tar.gz
  [[ ${SHA256:-} =~ ^[0-9a-f]{64}$ ]] ||
    fail "wafcheck $VERSION: sha256 has to be the checksum of $name.tar.gz, 64 hexadecimal digits"
  archive=$RUNNER_TEMP/$name.tar.gz
  curl --fail --silent --show-error --location --retry 3 --output "$archive" "$address" ||
    fail "wafcheck $VERSION: cannot get $address"
  found=$(sha256sum "$archive" | cut -d ' ' -f 1)
  if [[ $found != "$SHA256" ]]; then
    rm "$archive"
    fail "wafcheck $VERSION: the checksum of $name.tar.gz is $found and not $SHA256"
  fi
  tar -xzf "$archive" -C "$RUNNER_TEMP"
  folder=$RUNNER_TEMP/$name/bin
fi

"$folder/wafcheck" --version ||
  fail "wafcheck does not run on this machine; without a version, the action builds it"
echo "$folder" >> "$GITHUB_PATH"
