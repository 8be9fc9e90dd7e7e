#!/usr/bin/env bash
# publish.sh TAG FILE...: makes a release of the tag, with the files and what CHANGELOG.md says about
# the version.
#
# TOKEN  may write releases
set -euo pipefail

tag=$1
shift
version=${tag#v}
changes=$(awk -v head="## [$version]" 'index($0, head) == 1 { on = 1; next } /^## / { on = 0 } on' \
  "$(dirname "${BASH_SOURCE[0]}")/../../CHANGELOG.md")
[[ -n $changes ]] || {
  echo "::error::CHANGELOG.md has no part about $version"
  exit 1
}

# post ADDRESS TYPE FILE: prints the answer.
post() {
  curl --fail --silent --show-error --header @<(printf 'Authorization: Bearer %s' "$TOKEN") \
    --header 'Accept: application/vnd.github+json' --header "Content-Type: $2" \
    --data-binary "@$3" "$1"
}

request=$(mktemp)
jq --null-input --arg tag "$tag" --arg changes "$changes" \
  '{tag_name: $tag, name: $tag, body: $changes, draft: true}' > "$request"
release=$(post "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/releases" application/json "$request")
upload=$(jq --raw-output '.upload_url | sub("\\{.*"; "")' <<< "$release")
for file in "$@"; do
  post "$upload?name=$(basename "$file")" application/octet-stream "$file" > /dev/null
done
# It is seen once it is whole.
echo '{"draft": false}' > "$request"
curl --fail --silent --show-error --request PATCH \
  --header @<(printf 'Authorization: Bearer %s' "$TOKEN") \
  --header 'Accept: application/vnd.github+json' --data-binary "@$request" \
  "$(jq --raw-output .url <<< "$release")" > /dev/null
