#!/bin/sh
# `make wheel`: build the source archive and, from it, the wheel into the folder $1. SOURCE_DATE_EPOCH is the last commit's
# time unless set, so that everyone who builds this commit gets the same bytes.
set -eu
out=$1
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct)}"
export SOURCE_DATE_EPOCH
.venv/bin/python -m hatchling build -d "$out" -t sdist >/dev/null
archive=$(ls -t "$out"/tocsin-*.tar.gz | head -n 1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar -xzf "$archive" -C "$work"
here=$PWD
case $out in /*) ;; *) out=$here/$out ;; esac
(cd "$work"/tocsin-* && "$here/.venv/bin/python" -m hatchling build -d "$out" -t wheel >/dev/null)
ls -l "$out"
