#!/bin/sh
# Install what the tests use beyond PyPI: from Debian's packages only, as root, in no time when all is there.
#   chromium            the HTML report in a real browser: accessibility, screenshots, print
#   fonts-dejavu-core   letters for it where the machine has none
set -eu
wanted="chromium fonts-dejavu-core"

missing=""
for package in $wanted; do
    dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done
[ -n "$missing" ] || { echo "servers: present:" $wanted; exit 0; }

command -v apt-get >/dev/null || { echo "servers: no apt-get here; the tests that need$missing will say that they skip" >&2; exit 2; }
[ "$(id -u)" = 0 ] || { echo "servers: root is needed to install$missing" >&2; exit 2; }
export DEBIAN_FRONTEND=noninteractive
apt-get -qq -o Acquire::Retries=3 update
# shellcheck disable=SC2086  # a list of names, each a word
apt-get -qq -o Acquire::Retries=3 install --yes --no-install-recommends $missing
echo "servers: installed$missing"
