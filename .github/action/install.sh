#!/usr/bin/env bash
# Puts wafcheck on the PATH of the steps that follow: the program of a release, whose checksum has to
# be the one that is given, or without a version one that is built from the source of this action.
#
# VERSION   as 1.2.0; empty: build it
# SHA256    of the release's static program for this machine
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
  address=$RELEASES/v$VERSION/$name
  [[ ${SHA256:-} =~ ^[0-9a-f]{64}$ ]] ||
    fail "wafcheck $VERSION: sha256 has to be the checksum of $name, 64 hexadecimal digits"
  folder=$RUNNER_TEMP/$name/bin
  mkdir -p "$folder"
  program=$folder/wafcheck
  curl --fail --silent --show-error --location --retry 3 --output "$program" "$address" ||
    fail "wafcheck $VERSION: cannot get $address"
  found=$(sha256sum "$program" | cut -d ' ' -f 1)
  if [[ $found != "$SHA256" ]]; then
    rm -r "${RUNNER_TEMP:?}/$name"
    fail "wafcheck $VERSION: the checksum of $name is $found and not $SHA256"
  fi
  chmod +x "$program"
fi

"$folder/wafcheck" --version ||
  fail "wafcheck does not run on this machine; without a version, the action builds it"
echo "$folder" >> "$GITHUB_PATH"
