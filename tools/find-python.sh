#!/bin/sh
# Print the path of a Python that Tocsin can run on, or say what is missing and fail.
# TOCSIN_PYTHON names one; else `python3` if it will do, else the newest 3.x that the locked packages have wheels for.
# Each candidate is run, not only looked up: a version manager's shim may stand in PATH for a Python that is not there.
probe='import sys
low, high = (3, 11), (3, int(sys.argv[1]))
if not low <= sys.version_info[:2] <= high or sys.implementation.name != "cpython": sys.exit(1)
print(getattr(sys, "_base_executable", "") or sys.executable)'

try() { "$1" -c "$probe" "$2" 2>/dev/null; }

if [ -n "${TOCSIN_PYTHON:-}" ]; then
    try "$TOCSIN_PYTHON" 99 && exit 0
    echo "TOCSIN_PYTHON=$TOCSIN_PYTHON is no CPython of version 3.11 or later" >&2
    exit 2
fi
for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
    try "$name" 14 && exit 0
done
for name in python3 python3.16 python3.15 python; do
    try "$name" 99 && exit 0
done
echo "Tocsin needs CPython 3.11 or later, and none is in PATH; name one with TOCSIN_PYTHON=/path/to/python" >&2
exit 2
