# What the steps of the action share. To be sourced.
# shellcheck shell=bash

# read_lines TEXT: the lines that are not empty, without the blanks around them, into the array
# `lines`.
read_lines() {
  lines=()
  local line
  while IFS= read -r line; do
    line=${line#"${line%%[![:space:]]*}"}
    line=${line%"${line##*[![:space:]]}"}
    if [[ -n $line ]]; then
      lines+=("$line")
    fi
  done <<< "$1"
}

# cut_lines FILE BYTES TEXT: the file, or as many of its lines as fit, and the text.
cut_lines() {
  if (($(wc -c < "$1") <= $2)); then
    cat "$1"
  else
    LC_ALL=C awk -v room="$2" '(room -= length($0) + 1) < 0 { exit } { print }' "$1"
    printf '\n%s\n' "$3"
  fi
}

# summarise TITLE FILE: adds a part to the summary of the job, for which GitHub takes 1 MiB.
summarise() {
  {
    printf '%s\n\n' "$1"
    cut_lines "$2" 900000 'The rest does not fit here.'
    echo
  } >> "$GITHUB_STEP_SUMMARY"
}
