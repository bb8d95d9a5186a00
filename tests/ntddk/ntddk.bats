#!/usr/bin/env bats
# A module in NT's manner, built outside of the tree, as README.md says too, and what happens
# to exceptions that nobody handles.
# shellcheck disable=SC2154,SC2030,SC2031 # bats sets output and status, anew for each test

bats_require_minimum_version 1.5.0

setup_file() {
	export root
	root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	export flavour=${NTPOOL_KERNEL:-stock}
	export place=$BATS_FILE_TMPDIR/built said=$BATS_FILE_TMPDIR/said
	build_outside
	"$root/tests/vm/run" --module-args nonpaged_quota_mb=1 --share "$place" -- sh -c '
		insmod /share/ntddk_example.ko quota=1 && rmmod ntddk_example
		echo "status $?"
		ntpool bugchecks
		dmesg | sed -n "s/.*ntddk: //p"' >"$said" 2>&1
	# The last goes down with its machine: at DISPATCH_LEVEL an oops is a panic.
	play_unhandled raise search fault null nowhere unmapped readonly noexec bugcheck out
}

# Another directory with what a stranger has: his sources, our headers, our Module.symvers.
# It is built where the kernel of that flavour has its compiler, which may be a chroot.
build_outside() {
	local tree=$BATS_FILE_TMPDIR/outside
	mkdir -p "$tree" "$place/src"
	make -s -C "$root" --no-print-directory module FLAVOUR="$flavour" >&2
	cp "$root"/tests/ntddk/*.c "$root/tests/ntddk/Kbuild" "$tree"
	mkdir -p "$tree/ntpool/module"
	cp -r "$root/module/include" "$tree/ntpool/module"
	cp "$root/build/kernel/$flavour/Module.symvers" "$place/src/ntpool.symvers"
	KBUILD_ARGS='NTPOOL=$(M)/ntpool KBUILD_EXTRA_SYMBOLS=$(M)/ntpool.symvers' \
		"$root/module/kbuild" "$flavour" "$place" "$tree" example.c unhandled.c locked.c ntpool \
		>"$BATS_FILE_TMPDIR/build" 2>&1 || {
		cat "$BATS_FILE_TMPDIR/build"
		return 1
	}
}

# play_unhandled HOW...: each ends the thread that asks for it.  One machine is enough for all,
# as it goes on after an oops if told to.
play_unhandled() {
	unhandled_status=0
	"$root/tests/vm/run" --no-build --kernel "$flavour" --share "$place" \
		--log "$BATS_FILE_TMPDIR/log" -- sh -c '
		echo 0 >/proc/sys/kernel/panic_on_oops
		insmod /share/ntddk_unhandled.ko
		for how; do
			echo "=== $how" >/dev/kmsg
			(echo "$how" >/proc/ntddk_unhandled)
			echo "$how $?"
		done' sh "$@" >"$said.unhandled" 2>&1 || unhandled_status=$?
	export unhandled_status
}

# unhandled HOW: ended its thread, and is what the kernel reports.
unhandled() {
	grep -E '^[a-z]+ [0-9]+$' "$said.unhandled"
	[ "$unhandled_status" = 125 ]
	# SIGKILL or SIGSEGV
	[ "$1" = out ] || grep -qxE "$1 (137|139)" "$said.unhandled"
	run awk -v name="$1" '{ sub("\r", "") } /=== / { on = $NF == name; next } on' "$BATS_FILE_TMPDIR/log"
	[ -n "$output" ]
	[[ $output != *"ntddk: "* ]]
}

@test "an outside module builds without a warning, objtool's included" {
	cat "$BATS_FILE_TMPDIR/build"
	[ "$(grep -ci warning "$BATS_FILE_TMPDIR/build")" = 0 ]
	[ -e "$place/ntddk_example.ko" ]
}

# recipe WORDS: the commands in README.md, in the block that has these words.
recipe() {
	awk -v words="$1" '/^```/ { if (index(block, words)) printf "%s", block; block = ""; next }
		{ block = block $0 "\n" }' "$root/README.md" |
		sed "s|<ntpool>|$root|g; s|~/driver|$BATS_TEST_TMPDIR/driver|g"
}

@test "the commands in README.md build it for the test machine, and it loads there" {
	commands=$(recipe 'tests/vm/kernel stock')
	echo "$commands"
	[ "$(wc -l <<<"$commands")" = 6 ]
	run -0 env -u NTPOOL_KERNEL bash -e -c "$commands"
	[ -e "$BATS_TEST_TMPDIR/driver/ntddk_example.ko" ]
}

@test "it loads, runs and goes" {
	cat "$said"
	grep -qx 'status 0' "$said"
	grep -qx '20 checks' "$said"
}

@test "every check of the example is right" {
	cat "$said"
	[ "$(grep -c '^ok - ' "$said")" = 20 ]
	[ "$(grep -c '^not ok - ' "$said")" = 0 ]
}

@test "a damaged list is bug check 0x139" {
	grep -q 'KERNEL_SECURITY_CHECK_FAILURE' "$said"
}

@test "a kernel that is locked down gives no executable pool, and data to NonPagedPool of older releases" {
	run "$root/tests/vm/run" --no-build --kernel "$flavour" --module-args target=win7 \
		--share "$place" -- sh -c '
		insmod /share/ntddk_locked.ko
		cat /sys/module/ntddk_locked/parameters/now
		mount -t securityfs none /sys/kernel/security
		echo integrity >/sys/kernel/security/lockdown || echo "no lockdown"
		cat /sys/module/ntddk_locked/parameters/now'
	echo "$output"
	[[ $output == *"NON_PAGED_EXECUTE: code, NonPagedPool: code"* ]]
	[[ $output != *"no lockdown"* ]] || skip "this kernel has no lockdown"
	[[ $output == *"NON_PAGED_EXECUTE: none, NonPagedPool: data"* ]]
}

@test "a raise without a protected block is 0x1E and ends the thread" {
	unhandled raise
	[[ $output == *"STOP: 0x0000001E (0x00000000C0000001, "* ]]
	[[ $output == *"kernel BUG at"* ]]
}

@test "a raise that no filter takes is 0x1E and ends the thread" {
	unhandled search
	[[ $output == *"STOP: 0x0000001E (0x00000000C0000001, "* ]]
	[[ $output == *"kernel BUG at"* ]]
}

@test "a fault that no filter takes is 0x1E and an oops" {
	unhandled fault
	[[ $output == *"STOP: 0x0000001E (0x00000000C0000005, "*", 0x0000000000000000, 0x0000000000000010)"* ]]
	[[ $output == *"NULL pointer dereference"* ]]
}

# bare HOW WORDS...: a touch without a protected block is one bug check, and an oops.
bare() {
	local log word
	unhandled "$1"
	log=$output
	shift
	for word; do
		[[ $log == *"$word"* ]]
	done
	[ "$(grep -c 'STOP: ' <<<"$log")" = 1 ]
	grep -qE 'Oops: |general protection fault' <<<"$log"
}

@test "a bad user address without a protected block is 0x1E and an oops" {
	bare null "STOP: 0x0000001E (0x00000000C0000005, 0xFFFFFFFF" ", 0x0000000000000000, 0x0000000000000020)"
}

@test "an address of neither space without a protected block is 0x1E and an oops" {
	bare nowhere "STOP: 0x0000001E (0x00000000C0000005, 0xFFFFFFFF"
}

@test "a bad system address without a protected block is 0x50 and an oops" {
	bare unmapped "STOP: 0x00000050 (0xFFFFC8FFDEADB000, 0x0000000000000000, 0xFFFFFFFF"
}

@test "a write to read-only memory without a protected block is 0xBE and an oops" {
	bare readonly "STOP: 0x000000BE (0xFFFFFFFF"
}

@test "execution of nonpaged pool without a protected block is 0xFC and an oops" {
	bare noexec "STOP: 0x000000FC (0xFFFF"
}

@test "a page that is out at DISPATCH without a protected block is 0xD1, and no more" {
	bare out "STOP: 0x000000D1 (0xFFFF" ", 0x0000000000000002, 0x0000000000000000, 0xFFFFFFFF"
}

@test "KeBugCheckEx() ends the thread" {
	unhandled bugcheck
	[[ $output == *"STOP: 0x000000E2 (0x0000000000000001, 0x0000000000000002, "* ]]
	[[ $output == *"kernel BUG at"* ]]
}
