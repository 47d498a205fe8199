#!/bin/sh
# Runs a command with a Node that is new enough first on PATH, from the root of the project.
set -eu
cd "$(dirname "$0")/../.."
folder=$(sh deploy/toolchain/node.sh)
PATH=$folder:$PATH
export PATH
exec "$@"
