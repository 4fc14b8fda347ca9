#!/bin/sh
# Installs the Debian packages that are given, as root.
#
# Debian starts the service of a package it installs, asking policy-rc.d first. The broker that this installs must not start: it would be
# a second one, on the default port. A policy that exists already is left as it is.
set -e
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
mark='# made by creatorr while it installs packages'
if [ ! -e "$policy" ] || grep -qxF "$mark" "$policy"; then
	trap 'rm -f "$policy"' EXIT
	trap 'exit 1' HUP INT TERM
	printf '#!/bin/sh\n%s\nexit 101\n' "$mark" > "$policy"
	chmod 755 "$policy"
fi
# --no-remove: some packages conflict with a desktop LibreOffice, which must stay installed
install() { apt-get install -y --no-install-recommends --no-remove -o DPkg::Lock::Timeout=120 "$@"; }
# if one source is down, those of the others may be enough
update() { apt-get update || true; }
ls /var/lib/apt/lists/*Packages* > /dev/null 2>&1 || update
install "$@" || { update; install "$@"; }
