#!/usr/bin/env bash
# Writes the result of wafcheck diff as a comment of the pull request: one comment, which the next
# run replaces. It is known by its first line.
#
# REPORT  the result in Markdown
# TOKEN   may write comments; where it may not, as for a fork, a warning says so
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

marker='<!-- wafcheck diff -->'
number=$(jq --raw-output '.pull_request.number // empty' "$GITHUB_EVENT_PATH")
if [[ -z $number ]]; then
  echo 'this is no pull request: no comment is written'
  exit 0
fi

body=$RUNNER_TEMP/wafcheck-comment.md
run=$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID
{
  if [[ $(head -n 1 "$REPORT") != "$marker" ]]; then
    echo "$marker"
  fi
  # GitHub takes 65,536 characters.
  cut_lines "$REPORT" 60000 "The rest is in the summary of [the run]($run)."
} > "$body"

# api METHOD PATH [FILE]: asks GitHub, sends the file, prints the answer.
api() {
  curl --fail --silent --show-error --request "$1" \
    --header @<(printf 'Authorization: Bearer %s' "$TOKEN") \
    --header 'Accept: application/vnd.github+json' \
    ${3:+--data-binary "@$3"} "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/$2"
}

known=
for ((page = 1; page <= 30; ++page)); do
  comments=$(api GET "issues/$number/comments?per_page=100&page=$page")
  known=$(jq --raw-output --arg marker "$marker" \
    'map(select(.body | startswith($marker))) | .[0].id // empty' <<< "$comments")
  if [[ -n $known || $(jq length <<< "$comments") -lt 100 ]]; then
    break
  fi
done

request=$RUNNER_TEMP/wafcheck-comment.json
jq --raw-input --slurp '{body: .}' "$body" > "$request"
if [[ -n $known ]]; then
  api PATCH "issues/comments/$known" "$request" > /dev/null && exit 0
else
  api POST "issues/$number/comments" "$request" > /dev/null && exit 0
fi
echo '::warning::the comment could not be written: does the job have the permission pull-requests: write?'
