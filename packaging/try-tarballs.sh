#!/bin/sh
# Installs the tarballs of a folder into an empty project and runs the programs of fixtures/project: what a machine with nothing but Node can do.
# usage: try-tarballs.sh FOLDER
set -eu
programs=$(cd "$(dirname "$0")/fixtures/project" && pwd)
tarballs=$(cd "$1" && pwd)
project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
cd "$project"
echo '{ "private": true }' > package.json
npm install --ignore-scripts --no-audit --no-fund "$tarballs"/*.tgz
for program in main.mjs main.cjs; do
  cp "$programs/$program" .
  printed=$(node "$program")
  echo "$(node --version) $program: $printed"
  [ "$printed" = '[1,4,9]' ]
done
