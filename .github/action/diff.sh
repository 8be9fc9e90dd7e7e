#!/usr/bin/env bash
# Compares the rules of the base with those of the working tree: what changes for the traffic, and in
# the rules themselves. The result goes to the summary of the job.
#
# RULES    files and directories, one a line, from the root of the repository
# BASE     branch, tag or commit to compare with
# TRAFFIC  inputs, one a line; none: the rules alone are compared
# OPTIONS  further options, one word a line
#
# Outputs: code, the exit code of wafcheck, and report, the file with the result in Markdown.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

if ! wafcheck help diff > /dev/null 2>&1; then
  echo "::warning::this version of wafcheck has no command diff: nothing is compared"
  exit 0
fi
# A checkout of a pull request has one commit.
if ! git rev-parse --quiet --verify "$BASE^{commit}" > /dev/null; then
  git fetch --quiet --no-tags --depth=1 origin "$BASE"
  BASE=FETCH_HEAD
fi
base=$(git rev-parse --verify "$BASE^{commit}")

arguments=()
read_lines "${RULES:-}"
for rules in "${lines[@]}"; do
  arguments+=(--old "git:$base:$rules" --new "$rules")
done
read_lines "${OPTIONS:-}"
arguments+=("${lines[@]}")
read_lines "${TRAFFIC:-}"
arguments+=("${lines[@]}")

report=$RUNNER_TEMP/wafcheck-diff.md
code=0
wafcheck diff --format markdown --output "$report" "${arguments[@]}" || code=$?
{
  echo "code=$code"
  if [[ -e $report ]]; then
    echo "report=$report"
  fi
} >> "$GITHUB_OUTPUT"
if [[ -e $report ]]; then
  summarise '## wafcheck diff' "$report"
fi
