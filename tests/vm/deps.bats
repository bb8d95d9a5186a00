#!/usr/bin/env bats
# How missing packages are found and installed, with stand-ins for Debian's programs.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	stand_ins=$BATS_TEST_TMPDIR/bin
	calls=$BATS_TEST_TMPDIR/calls
	mkdir "$stand_ins"
	: >"$calls"
	export PATH=$stand_ins:$PATH NTPOOL_CACHE=$BATS_TEST_TMPDIR/cache
	stand_in id 'echo 0'
}

# stand_in NAME LINE...: a program of that name that does these lines.
stand_in() {
	printf '%s\n' '#!/bin/sh' "${@:2}" >"$stand_ins/$1"
	chmod +x "$stand_ins/$1"
}

# All packages that are asked for are installed, but for these.
all_installed_but() {
	stand_in dpkg-query 'for word; do case $word in' \
		'-*|*Status*) ;;' "$1) ;;" '*) echo "installed $word" ;;' 'esac; done'
}

apt_get() {
	stand_in apt-get "echo \"apt-get \$*\" >>$calls" "$@"
}

# Nothing else that PATH has is called sudo.
hide_sudo() {
	local program
	mkdir "$BATS_TEST_TMPDIR/no-sudo"
	for program in /usr/bin/* /usr/sbin/*; do
		[[ $program == */sudo ]] || ln -sf "$program" "$BATS_TEST_TMPDIR/no-sudo/"
	done
	export PATH=$stand_ins:$BATS_TEST_TMPDIR/no-sudo
}

@test "with all there, nothing is said and nothing is run" {
	all_installed_but none
	apt_get
	run -0 tests/vm/deps
	[ -z "$output" ]
	[ ! -s "$calls" ]
}

@test "only what is missing is installed" {
	all_installed_but 'gcc|rsync'
	apt_get
	run -0 tests/vm/deps build
	[[ $output == *"installing 2 Debian packages: gcc rsync"* ]]
	[ "$(wc -l <"$calls")" -eq 1 ]
	[[ $(cat "$calls") == *"install gcc rsync" ]]
}

@test "a purpose asks for its own packages" {
	all_installed_but 'qemu-system-x86'
	apt_get
	run -0 tests/vm/deps build
	[ ! -s "$calls" ]
	run -0 tests/vm/deps vm
	grep -q 'install qemu-system-x86$' "$calls"
}

@test "package lists are fetched when the first try fails" {
	all_installed_but gcc
	apt_get "grep -q update $calls"
	run -0 tests/vm/deps build
	[[ $(cat "$calls") == *install*update*install* ]]
}

@test "each tenth of the fetching and of the installing is told, and the log has all" {
	all_installed_but gcc
	apt_get 'for percent in 0 4 10.5 17 40 100; do echo "dlstatus:1:$percent:Retrieving file 1 of 1"; done' \
		'echo "Selecting previously unselected package gcc."' \
		'printf "(Reading database ... pmstatus:gcc:12.5:Unpacking gcc (amd64)\n"' \
		'echo "pmstatus:libc6:amd64:99.9:Installing libc6"' \
		'echo "pmstatus:dpkg-exec:100:Running dpkg"'
	run -0 tests/vm/deps build
	[ "$(sed 1d <<<"$output")" = "$(printf '  DEPS    %s\n' 'fetched 10%' 'fetched 40%' 'fetched 100%' \
		'installed 10%' 'installed 90%' 'installed 100%')" ]
	grep -q '^Selecting previously unselected package gcc' "$NTPOOL_CACHE/deps.log"
	grep -q ' -o APT::Status-Fd=1 ' "$calls"
}

@test "a failure is one sentence with its reason, the log and the way out" {
	all_installed_but gcc
	apt_get 'echo "E: You do not have enough free space in /var/cache/apt/archives/."' 'exit 100'
	run -2 tests/vm/deps build
	[[ ${lines[-1]} == *"enough free space"*"deps.log"*"apt-get install gcc"* ]]
}

@test "without root and without sudo it says so" {
	all_installed_but gcc
	apt_get
	stand_in id 'echo 1000'
	hide_sudo
	run -2 tests/vm/deps build
	[[ $output == *"without root or sudo"*gcc* ]]
	[ ! -s "$calls" ]
}

@test "an ordinary user's packages are installed with sudo" {
	all_installed_but gcc
	apt_get
	stand_in id 'echo 1000'
	stand_in sudo "echo sudo >>$calls" 'while [ "${1#-}" != "$1" ]; do shift; done' 'exec "$@"'
	run -0 tests/vm/deps build
	[ "$(head -n 1 "$calls")" = sudo ]
}

@test "a purpose that is not there is an error" {
	run -2 tests/vm/deps fun
	[[ $output == *"no purpose 'fun'"* ]]
}
