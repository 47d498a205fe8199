#!/bin/sh
# Installs what package-lock.json names, and only when it has changed since the last time. No install script of any
# package runs; native parts come as optional packages, so those are asked for whatever a user's npmrc omits.
set -eu
cd "$(dirname "$0")/../.."
stamp=node_modules/.foreshock-package-lock.json

if cmp -s package-lock.json "$stamp"; then exit 0; fi
# Whoever has just run `npm install` has what the new lock file names: npm writes its own copy after the lock file.
if [ node_modules/.package-lock.json -nt package-lock.json ]; then
  cp package-lock.json "$stamp"
  exit 0
fi
npm ci --ignore-scripts --include=dev --include=optional --no-audit --no-fund
cp package-lock.json "$stamp"
