# Reads CTest's LastTest.log: names what was skipped and why, what failed, and prints the totals. A
# program of googletest counts by its cases, any other test as one. Exit 1 when one failed or none
# was run.

function fail(name, count) {
  failures[++failure_count] = name
  failed += count
}

# CTest says this before the test it is about, whose result it gives as "Passed".
/^Unable to find executable: / { not_built = 1 }
/^[0-9]+\/[0-9]+ Testing: / {
  test = $3
  cases = -1
  case_passed = case_failed = case_skipped = 0
  result = reason = ""
}

# googletest. A library under test may have printed the beginning of the line.
/^\[==========\] Running [0-9]+ test/ { cases = $3 }
/\[       OK \] .*\([0-9]+ ms\)$/ { ++case_passed }
/\[  FAILED  \] .*\([0-9]+ ms\)$/ {
  name = $0
  sub(/^.*\[  FAILED  \] /, "", name)
  sub(/ \([0-9]+ ms\)$/, "", name)
  fail(test ": " name, 0)
  ++case_failed
}
/: Skipped$/ { getline reason }
/\[  SKIPPED \] .*\([0-9]+ ms\)$/ {
  name = $0
  sub(/^.*\[  SKIPPED \] /, "", name)
  sub(/(, where .*)? \([0-9]+ ms\)$/, "", name)
  skips[++skip_count] = name ": " reason
  ++case_skipped
}

# scripts
/^SKIPPED: / { reason = substr($0, 10) }

/^Test (Passed|Failed)\.$/ || /^Test (Pass|Fail) Reason:$/ { result = $2 }
/ time elapsed: / {
  ok = result ~ /^Pass/ && !not_built
  not_built = 0
  if (cases >= 0) {
    # What a program did not report when it ended early has failed.
    unreported = cases - case_passed - case_failed - case_skipped
    passed += case_passed
    skipped += case_skipped
    failed += case_failed
    if (unreported > 0) fail(test ": ended before it reported " unreported " cases", unreported)
    if (!ok && case_failed + unreported == 0) fail(test, 1)
  } else if (!ok) {
    fail(test, 1)
  } else if (reason != "") {
    skips[++skip_count] = test ": " reason
    ++skipped
  } else {
    ++passed
  }
}

END {
  for (i = 1; i <= skip_count; ++i) print "skipped: " skips[i]
  for (i = 1; i <= failure_count; ++i) print "FAILED: " failures[i]
  printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
  exit failed > 0 || passed == 0
}
