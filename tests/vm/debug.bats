#!/usr/bin/env bats
# The runner on the debug kernel: what only its checks find.

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	make -s vm-tests FLAVOUR=debug
}

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
}

crash() {
	local fault=$1
	shift
	tests/vm/run --kernel debug --no-build --no-module --swap 0 --mem 384M "$@" -- \
		insmod /lib/ntpool/vm_crash.ko fault="$fault"
}

@test "a module that does no harm passes" {
	run -0 crash none
	[ -z "$output" ]
}

@test "a leak is status 125, with the function that lost the memory" {
	run -125 crash leak
	[[ $output == *"unreferenced object"*"do_leak"* ]]
}

@test "a use after free is status 125" {
	run -125 crash use-after-free --no-leak-check
	[[ $output == *"KASAN: use-after-free in do_use_after_free"* ]]
}

@test "locks taken in both orders are status 125" {
	run -125 crash lock-order --no-leak-check
	[[ $output == *"possible circular locking dependency"* ]]
}

@test "sleeping in atomic context is status 125" {
	run -125 crash atomic --no-leak-check
	[[ $output == *"BUG: "*"atomic"*"do_atomic"* ]]
}

@test "an oops is status 125" {
	run -125 crash oops --no-leak-check
	[[ $output == *"do_oops"* ]]
}

@test "the checks that the tests count on are on" {
	run -0 tests/vm/run --kernel debug --no-build --no-module --swap 0 -- sh -c '
		zcat /proc/config.gz >/tmp/config
		for option in KASAN_VMALLOC PROVE_LOCKING DEBUG_ATOMIC_SLEEP DEBUG_KMEMLEAK UBSAN_BOUNDS \
			FAILSLAB FAIL_FUNCTION KUNIT KCOV LIVEPATCH VMAP_PFN MEMCG SWAP; do
			grep -q "^CONFIG_$option=y" /tmp/config || echo "$option"
		done
		grep "debug_locks:" /proc/lockdep_stats | grep -o "[01]$"
		nproc'
	[ "$output" = $'1\n2' ]
}
