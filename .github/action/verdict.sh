#!/usr/bin/env bash
# Fails where lint or diff did, once everything is written.
#
# LINT, DIFF  exit codes; empty: it did not run
set -euo pipefail

# explain COMMAND CODE: says what the code means; false where it is a failure.
explain() {
  case $2 in
    '' | 0) ;;
    1) echo "::error::wafcheck $1: the answer is no; see the summary of the job" && return 1 ;;
    4) echo "::warning::wafcheck $1: answered without rules that were dropped" ;;
    *) echo "::error::wafcheck $1 ended with $2; see its step" && return 1 ;;
  esac
}

failed=0
explain lint "${LINT:-}" || failed=1
explain diff "${DIFF:-}" || failed=1
exit $failed
