#!/usr/bin/env bash
# Lints the rules: annotations on standard output, a table in the summary of the job, and SARIF.
#
# RULES    files, directories and globs, one a line
# OPTIONS  further options, one word a line
#
# Outputs: code, the exit code of wafcheck, and sarif, the file.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

read_lines "${RULES:-}"
rules=("${lines[@]}")
read_lines "${OPTIONS:-}"
sarif=$RUNNER_TEMP/wafcheck.sarif
table=$RUNNER_TEMP/wafcheck-lint.md

code=0
wafcheck lint --quiet "${lines[@]}" --format sarif --output "$sarif" "${rules[@]}" || code=$?
wafcheck lint --quiet "${lines[@]}" --format github "${rules[@]}" 2> /dev/null || true
wafcheck lint --quiet "${lines[@]}" --format markdown --output "$table" "${rules[@]}" 2> /dev/null || true
if [[ -e $table ]]; then
  summarise '## wafcheck lint' "$table"
fi

{
  echo "code=$code"
  if [[ -e $sarif ]]; then
    echo "sarif=$sarif"
  fi
} >> "$GITHUB_OUTPUT"
