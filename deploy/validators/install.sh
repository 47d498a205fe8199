#!/bin/sh
# Fetches what checks the files of deploy/ into .tools/validators, each in its pinned version and by the ordinary client
# of its registry. One that cannot be fetched here is named and left out: its tests say that they were skipped.
set -u
cd "$(dirname "$0")/../.."
here=$PWD/deploy/validators
into=$PWD/.tools/validators

for list in requirements.txt go.txt npm.txt; do
  if [ -f "$into/$list" ] && cmp -s "$here/$list" "$into/$list"; then continue; fi
  mkdir -p "$into"
  echo "fetching what $list names into .tools/validators" >&2
  case $list in
    requirements.txt)
      python3 -m venv "$into/python" && "$into/python/bin/pip" install --quiet --disable-pip-version-check \
        --requirement "$here/$list"
      ;;
    go.txt)
      while read -r name package; do
        case $name in '' | '#'*) continue ;; esac
        GOBIN=$into/go/$name go install "$package" || exit 1
      done <"$here/$list"
      ;;
    npm.txt)
      # shellcheck disable=SC2046
      npm install --prefix "$into/npm" --no-save --no-package-lock --ignore-scripts --no-audit --no-fund \
        --workspaces=false $(grep -v '^#' "$here/$list")
      ;;
  esac >&2 && cp "$here/$list" "$into/$list" || echo "could not fetch what $list names" >&2
done
