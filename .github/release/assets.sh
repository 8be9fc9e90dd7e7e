#!/usr/bin/env bash
# assets.sh VERSION FOLDER: builds wafcheck and puts the assets of a release into the folder:
# wafcheck-VERSION-linux-MACHINE.tar.gz, the Debian packages, the static program
# wafcheck-VERSION-linux-MACHINE, and a .sha256 of each.
set -euo pipefail

version=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

[[ $(sed -n 's/^project(wafcheck VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt) == "$version" ]] || {
  echo "assets.sh: CMakeLists.txt is not of version $version" >&2
  exit 1
}
cmake/install-packages build package static
cmake --preset release -DWAFCHECK_TESTS=OFF
cmake --build --preset release --parallel "$(nproc)"
cpack --config build/release/CPackConfig.cmake -G DEB -B "$folder" \
  -D CPACK_OUTPUT_FILE_PREFIX="$folder"
# The archive can be unpacked anywhere: the program finds its rules from where it stands.
cpack --config build/release/CPackConfig.cmake -G TGZ -B "$folder" \
  -D CPACK_OUTPUT_FILE_PREFIX="$folder" -D CPACK_PACKAGING_INSTALL_PREFIX=/
rm -rf "$folder/_CPack_Packages"
cmake --build --preset release --target wafcheck_static
program=wafcheck-$version-linux-$(uname -m)
install -m 755 build/release/bin/wafcheck "$folder/$program"

cd "$folder"
for asset in *.tar.gz *.deb "$program"; do
  sha256sum "$asset" > "$asset.sha256"
done
cat ./*.sha256
