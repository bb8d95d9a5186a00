# shellcheck shell=bash
# What the scripts of the test VM share: where things are, and how to speak.

# A login shell of an ordinary user lacks these, and mkswap and modprobe live there.
PATH=$PATH:/usr/sbin:/sbin

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export build=$root/build
export cache=${NTPOOL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ntpool}

say() {
	printf '%s\n' "$*" >&2
}

# The environment cannot do what was asked for: one sentence, status 2.
die() {
	say "${0##*/}: $*"
	exit 2
}

# free_mib DIR: what the file system of DIR still takes.
free_mib() {
	df --output=avail -BM "$1" | tr -dc '0-9\n' | tail -n 1
}

# locked FILE COMMAND...: one at a time, whoever calls.
locked() {
	local lock=$1
	shift
	mkdir -p "$(dirname "$lock")"
	flock "$lock" "$@"
}
