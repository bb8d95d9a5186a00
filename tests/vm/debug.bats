#!/usr/bin/env bats
# The runner on the debug kernel: what only its checks find.  That a module without faults
# passes is shown by every other group with a machine of this kernel.

bats_require_minimum_version 1.5.0

# One machine for the faults that a kernel survives, that of the locks first, since none is
# looked for after another report.  A line in the log begins each.  Before that it says
# which checks it lacks.
setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	make -s vm-tests FLAVOUR=debug
	export place=$BATS_FILE_TMPDIR
	status=0
	vm --append kasan_multi_shot --log "$place/log" -- sh -e -c '
		zcat /proc/config.gz >/tmp/config
		for option in KASAN_VMALLOC PROVE_LOCKING DEBUG_ATOMIC_SLEEP DEBUG_KMEMLEAK UBSAN_BOUNDS \
			FAILSLAB FAIL_FUNCTION KUNIT KCOV LIVEPATCH VMAP_PFN MEMCG SWAP; do
			grep -q "^CONFIG_$option=y" /tmp/config || echo "$option"
		done
		grep "debug_locks:" /proc/lockdep_stats | grep -o "[01]$"
		nproc
		for fault in lock-order use-after-free atomic leak; do
			echo "=== $fault" >/dev/kmsg
			insmod /lib/ntpool/vm_crash.ko fault=$fault
			[ $fault = leak ] || rmmod vm_crash
		done' >"$place/lacks" 2>"$place/report" || status=$?
	echo "$status" >"$place/status"
}

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
}

vm() {
	tests/vm/run --kernel debug --no-build --no-module --swap 0 --mem 384M "$@"
}

# found FAULT: what the runner finds in that part of the log, were it the whole.
found() {
	tr -d '\r' <"$place/log" | sed -n "/=== $1\$/,/=== /p" >"$BATS_TEST_TMPDIR/log"
	run -0 tests/vm/report "$BATS_TEST_TMPDIR/log"
}

@test "the checks are on that the tests count on, and there are two processors" {
	[ "$(cat "$place/lacks")" = $'1\n2' ]
}

@test "faults that the kernel survives are status 125, with a report on standard error" {
	[ "$(cat "$place/status")" = 125 ]
	grep -q "possible circular locking dependency" "$place/report"
}

@test "a leak is found, with the function that lost the memory" {
	found leak
	[[ $output == *"unreferenced object"*"do_leak"* ]]
}

@test "a use after free is found" {
	found use-after-free
	[[ $output == *"KASAN: use-after-free in do_use_after_free"* ]]
}

@test "locks taken in both orders are found" {
	found lock-order
	[[ $output == *"possible circular locking dependency"* ]]
}

@test "sleeping in atomic context is found" {
	found atomic
	[[ $output == *"BUG: "*"atomic"*"do_atomic"* ]]
}

@test "an oops is status 125" {
	run -125 vm -- insmod /lib/ntpool/vm_crash.ko fault=oops
	[[ $output == *"do_oops"* ]]
}
