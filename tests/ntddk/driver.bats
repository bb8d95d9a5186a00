#!/usr/bin/env bats
# Drivers written for NT: the example as it is shipped, and others that are built outside
# of the tree with a Kbuild of a few lines and a line of glue each.
# shellcheck disable=SC2154 # bats sets output and status

setup_file() {
	export root
	root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	export flavour=${NTPOOL_KERNEL:-stock}
	export place=$BATS_FILE_TMPDIR/built said=$BATS_FILE_TMPDIR/said
	make -s -C "$root" --no-print-directory userspace >&2
	build_outside "$flavour" "$place"
	"$root/tests/vm/run" --kernel "$flavour" --share "$place" -- sh /share/guest-driver >"$said" 2>&1
	"$root/tests/vm/run" --no-build --kernel "$flavour" --no-smap -- sh -c '
		insmod /lib/ntpool/ntpool_echo.ko && ntpool-echo' >"$said.no-smap" 2>&1
}

# build_outside FLAVOUR PLACE: what a stranger has: his sources, our tree's module
# directory, our Module.symvers.
build_outside() {
	local tree=$BATS_FILE_TMPDIR/outside-$1 place=$2 sources
	mkdir -p "$tree/ntpool" "$place/src"
	make -s -C "$root" --no-print-directory module FLAVOUR="$1" >&2
	cp "$root"/tests/ntddk/nt/* "$root"/module/examples/echo/*.[ch] "$tree"
	cp -r "$root/module" "$tree/ntpool"
	cp "$root/build/kernel/$1/Module.symvers" "$place/src/ntpool.symvers"
	sources=$(cd "$tree" && echo *.[ch])
	# shellcheck disable=SC2086 # one word for each file
	KBUILD_ARGS='NTPOOL=$(M)/ntpool KBUILD_EXTRA_SYMBOLS=$(M)/ntpool.symvers' \
		"$root/module/kbuild" "$1" "$place" "$tree" $sources ntpool \
		>"$BATS_FILE_TMPDIR/build" 2>&1 || {
		cat "$BATS_FILE_TMPDIR/build"
		return 1
	}
	cp "$root"/tests/ntddk/guest-* "$place"
	cc -std=gnu11 -O2 -Wall -Wextra -Werror -I"$root/module/include/uapi" -I"$root/userspace/lib" \
		-o "$place/drive" "$root/tests/ntddk/drive.c" "$root/build/lib/libntpool.a" >&2
}

# part NAME: what the guest said between the marks.
part() {
	sed -n "/^=== $1\$/,/^=== /p" "$said" | sed '/^=== /d'
}

@test "drivers build outside of the tree without a warning" {
	cat "$BATS_FILE_TMPDIR/build"
	[ "$(grep -ci warning "$BATS_FILE_TMPDIR/build")" = 0 ]
	[ -e "$place/nt_words.ko" ]
}

@test "every control code of the example does what it should" {
	run part echo
	echo "$output"
	[[ $output == *"buffered: STATUS_SUCCESS, 5 bytes: hello"* ]]
	[[ $output == *"too small: STATUS_BUFFER_TOO_SMALL, 0 bytes"* ]]
	[[ $output == *"keep: STATUS_SUCCESS, 18 bytes"* ]]
	[[ $output == *"give: STATUS_SUCCESS, 18 bytes: kept by the driver"* ]]
	[[ $output == *"capture: STATUS_SUCCESS, 6 bytes: caught"* ]]
	[[ $output == *"later: STATUS_PENDING, "* ]]
	[[ $output == *"in the end: STATUS_SUCCESS, 11 bytes"* ]]
	[[ $output == *"its data: in time"* ]]
	[[ $output == *"cancelled: STATUS_CANCELLED, 0 bytes"* ]]
	[[ $output == *"status 0" ]]
}

@test "bad user addresses are exceptions that the driver handles" {
	run part echo
	echo "$output"
	[[ $output == *"neither from nowhere: STATUS_ACCESS_VIOLATION, 0 bytes"* ]]
	[[ $output == *"capture from nowhere: STATUS_ACCESS_VIOLATION, 0 bytes"* ]]
	[[ $output == *"capture to nowhere: STATUS_ACCESS_VIOLATION, 0 bytes"* ]]
	[[ $output == *"capture to the kernel: STATUS_ACCESS_VIOLATION, 0 bytes"* ]]
}

@test "with SMAP a plain touch of a good user address is an access violation" {
	run part echo
	[[ $output == *"neither: STATUS_ACCESS_VIOLATION, 0 bytes"* ]]
}

@test "without SMAP it works, and that of a bad one is still handled" {
	cat "$said.no-smap"
	grep -qx 'neither: STATUS_SUCCESS, 5 bytes: plain' "$said.no-smap"
	grep -qx 'neither from nowhere: STATUS_ACCESS_VIOLATION, 0 bytes' "$said.no-smap"
	grep -qx 'capture: STATUS_SUCCESS, 6 bytes: caught' "$said.no-smap"
}

@test "a driver whose device is open cannot be unloaded, and can afterwards" {
	run part busy
	echo "$output"
	[[ $output == *"in use"* || $output == *"temporarily unavailable"* ]]
	[[ $output == *"gone 0" ]]
}

@test "the example built elsewhere is as good" {
	run part elsewhere
	echo "$output"
	[[ $output == *"give: STATUS_SUCCESS, 18 bytes: kept by the driver"* ]]
	[[ $output == *"status 0" ]]
}

@test "NT's words, annotations and formats are understood" {
	run part words
	echo "$output"
	[[ $output == *'words: \Registry\Machine\System\CurrentControlSet\Services\words'* ]]
	[[ $output == *"words: 6 of 0x00000103, -5000000000, 2"* ]]
	[[ $output == *"words: wide-16 wide-16"* ]]
	[[ $output == *"words: 11 steps, 1, 1"* ]]
	[[ $output == *"words: 7 3"* ]]
	[[ $output == *"words: unloaded"* ]]
}

@test "what is an error in Linux's sources and none in NT's compiles, and is no report" {
	run part words
	echo "$output"
	[[ $output == *"words: taken 1"* ]]
	[[ $output == *"words: record 1101"* ]]
	[[ $output != *UBSAN* && $output != *"buffer overflow"* && $output != *memcpy* ]]
}

@test "words that are Linux's, too, mean what NT means by them" {
	run part words
	echo "$output"
	[[ $output == *"words: entries 1"* ]]
	[[ $output == *"words: sprintf -1,2,-3"* ]]
	[[ $output == *"words: _snprintf -1 123!"* ]]
	[[ $output == *"words: swprintf 4 w--5"* ]]
	[[ $output == *"words: _snwprintf 6 narrow"* ]]
	[[ $output == *"words: pages 1 2"* ]]
}

@test "a counted string is printed into to the last character" {
	run part words
	[[ $output == *"words: counted 00000000 12345"* ]]
	[[ $output == *"words: counted 80000005 54321!"* ]]
}

@test "a driver that opts in has no-execute pool where it says NonPagedPool" {
	run part nx
	echo "$output"
	[[ $output == *"nx: type 0 before, 512 after, 516 aligned"* ]]
	[[ $output == *"nx: code runs 1 before, 0 after"* ]]
}

@test "a driver that does not start does not load, and the log names its status" {
	run part failing
	echo "$output"
	[[ $output == *"esource busy"* ]]
	[[ $output == *"driver failing: DriverEntry failed with STATUS_DEVICE_BUSY (0x80000011)"* ]]
	[[ $output == *"status 16" ]]
}

@test "a driver that leaves its device is bug check 0xCE, and can be loaded again" {
	run part leaving
	echo "$output"
	[ "$(grep -c 'DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS' <<<"$output")" = 2 ]
	[[ $output == *"status 0" ]]
}

@test "a driver without DriverUnload stays" {
	run "$root/tests/vm/run" --no-build --kernel "$flavour" --share "$place" -- sh -c '
		insmod /share/nt_stubborn.ko && ! rmmod nt_stubborn && dmesg | grep "no DriverUnload"'
	echo "$output"
	[ "$status" = 125 ]
	[[ $output == *"driver stubborn has no DriverUnload, and cannot be unloaded"* ]]
	[[ $output == *"nt_stubborn cannot be unloaded after the command"* ]]
}

@test "StartIo has one packet after the other, and those that wait or are current are cancelled" {
	run part serial
	echo "$output"
	[ "$output" = 'open: STATUS_SUCCESS
cancelled: 1
write: STATUS_SUCCESS, 3
ended: STATUS_SUCCESS, 3: one
ended: STATUS_CANCELLED, 0
ioctl: STATUS_SUCCESS, 4: 1
write: STATUS_SUCCESS, 3
ended: STATUS_SUCCESS, 3: two
cancelled: 1
ended: STATUS_CANCELLED, 0
write: STATUS_SUCCESS, 4
write: STATUS_SUCCESS, 5
ended: STATUS_SUCCESS, 4: last
open: STATUS_SUCCESS
gone 0' ]
}

@test "a polling thread serves a cancel-safe queue that refuses, and a remove lock ends it" {
	run part polled
	echo "$output"
	[ "$output" = 'open: STATUS_SUCCESS
at once: STATUS_DEVICE_BUSY, 0
cancelled: 1
write: STATUS_SUCCESS, 1
ended: STATUS_SUCCESS, 8: at 16: 0
ended: STATUS_CANCELLED, 0
gone 0
polled: removed' ]
}

@test "a timer's DPC notifies, unless the request is cancelled or its file closed" {
	run part notify
	echo "$output"
	[ "$output" = 'open: STATUS_SUCCESS
cancelled: 1
ended: STATUS_SUCCESS, 0
ended: STATUS_SUCCESS, 0
ended: STATUS_CANCELLED, 0
open: STATUS_SUCCESS
gone 0' ]
}

@test "a driver finds another's device, keeps its driver, and asks it" {
	run part finder
	echo "$output"
	[[ $output == *'finder: Windows 10'* ]]
	[[ $output == *'read: STATUS_BUFFER_TOO_SMALL, 0'* ]]
	[[ $output == *'ask: STATUS_SUCCESS, 4: 2'* ]]
	[[ $output == *"in use"* || $output == *"temporarily unavailable"* ]]
}

@test "who is no administrator does not open what is the administrators' only" {
	run part nobody
	echo "$output"
	[ "$output" = 'NtSerial open: STATUS_SUCCESS
NtFinder open: STATUS_ACCESS_DENIED
gone 0
gone 0' ]
}

@test "the debug kernel has nothing to say of drivers in the samples' manner" {
	build_outside debug "$place.debug"
	run "$root/tests/vm/run" --kernel debug --mem 300M --swap 0 --share "$place.debug" -- \
		sh /share/guest-samples
	echo "$output"
	[ "$status" = 0 ]
	[ "$(grep -c 'ended: STATUS_SUCCESS' <<<"$output")" = 8 ]
	[ "$(grep -c 'gone 0' <<<"$output")" = 5 ]
}

@test "the debug kernel has nothing to say of the example" {
	run "$root/tests/vm/run" --kernel debug --mem 300M --swap 0 -- sh -c '
		insmod /lib/ntpool/ntpool_echo.ko && ntpool-echo && ntpool-echo'
	echo "$output"
	[ "$status" = 0 ]
	[ "$(grep -c 'in the end: STATUS_SUCCESS' <<<"$output")" = 2 ]
}
