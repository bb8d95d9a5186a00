#!/usr/bin/env bats
# Loading and unloading the module, and what it refuses meanwhile.
# shellcheck disable=SC2154 # bats sets output and status

setup_file() {
	export said=$BATS_FILE_TMPDIR/said
	cd "$BATS_TEST_DIRNAME/../.." || return
	tests/vm/run --no-module --timeout 900 -- sh -c "$(cat tests/module/guest-loading)" >"$said" 2>&1
}

# part NAME: prints what the guest said in that part.
part() {
	awk -v name="$1" '/^=== / { on = $2 == name; next } on' "$said"
}

# field PART NAME: a number from the JSON in that part.
field() {
	part "$1" | sed -n '/^{/,/^}/p' | jq "[.. | objects | .$2? // empty] | first"
}

@test "the machine went through all parts" {
	grep -qx '=== end' "$said"
}

@test "an unknown value of bugcheck= is refused and nothing stays loaded" {
	run part bad-parameter
	[[ $output == *"Invalid argument"* ]]
	[[ ${lines[-1]} == 0 ]]
}

@test "an unknown value of target= is refused, with those there are in the log" {
	run part bad-target
	[[ $output == *"Invalid argument"*"target=win95 is none of 2003, win7, win10, current"* ]]
	[[ ${lines[-1]} == 0 ]]
}

@test "each release can be emulated, and status tells which is" {
	for target in 2003 win7 win10 current; do
		part targets | grep -qE "Windows release emulated +$target\$"
	done
}

@test "a driver loads in each release" {
	[ "$(part targets | grep -c '^driver under ')" = 4 ]
}

@test "the limits of the pools are those asked for, and are kept" {
	[ "$(field limits paged_limit_pages)" = 2048 ]
	[ "$(field limits nonpaged_limit_pages)" = 1024 ]
	run part limits
	[[ $output == *"a: "*"STATUS_INSUFFICIENT_RESOURCES"* ]]
	[[ $output == *"b: "*"STATUS_INSUFFICIENT_RESOURCES"* ]]
	[ "$(part limits | grep -c STATUS_INSUFFICIENT_RESOURCES)" = 2 ]
}

@test "a percentage above 100 is refused, others are taken at any time" {
	run part limits
	[[ $output == *"101 percent refused"* ]]
	[[ $output == *"now 50 and 1"* ]]
}

# charged NAME: bytes that the group was charged with then.
charged() {
	part memory-cgroup | awk -v name="$1" '$1 == name { print $2 }'
}

@test "nonpaged pool is charged to the memory cgroup, and returned" {
	[ $(($(charged large) - $(charged before))) -ge $((16 << 20)) ]
	[ $(($(charged freed) - $(charged before))) -lt $((1 << 20)) ]
	[ $(($(charged small) - $(charged freed))) -ge $((3 << 20)) ]
	[ $(($(charged small) - $(charged after))) -ge $((3 << 20)) ]
}

@test "rmmod is refused while a session is open, and works when it is closed" {
	run part open-session
	[[ $output == *"status 1"*"status 0"* ]]
}

@test "a killed session leaves no block, no page and no session" {
	[ "$(field killed-session paged_bytes)" = 1048576 ]
	[ "$(field killed-session nonpaged_bytes)" = 65536 ]
	[ "$(field killed-session swapped_pages)" = 256 ]
	for name in paged_bytes nonpaged_bytes arena_pages resident_pages swapped_pages; do
		[ "$(field after-kill $name)" = 0 ]
	done
	[ "$(field after-kill paged_frees)" = 1 ]
}

@test "rmmod works after a session was killed" {
	run part after-kill
	[[ ${lines[-1]} == "status 0" ]]
}

@test "without paging the tool says so, and why" {
	run part resident-fallback
	[[ $output == *"paging=0"* ]]
}

@test "without paging paged memory works, stays resident and may be touched at DISPATCH" {
	run part resident-fallback
	[[ $output == *"0 pages trimmed"* ]]
	[ "$(part resident-fallback | grep -c '^ *[0-9]* *[0-9]* *resident')" -gt 0 ]
	[ "$(part resident-fallback | grep -cE '^ *[0-9]+ +[0-9]+ +(untouched|transition|swapped)')" = 0 ]
	[[ $output == *"DISPATCH_LEVEL: 0x"* ]]
	[[ $output == *"word for word"* ]]
	[[ $output == *"status 0"* ]]
}

# Newer kernels refuse it, whether or not anybody uses ftrace.
can_be_switched_off() {
	! part ftrace-off | grep -qx 'ftrace stays on' || skip "this kernel does not let ftrace be switched off"
}

@test "with ftrace switched off paging is off, and status and the log say why" {
	can_be_switched_off
	run part ftrace-off
	echo "$output"
	[ "$(grep -c 'ftrace is switched off (sysctl kernel.ftrace_enabled=0)' <<<"$output")" = 3 ]
	[[ $output == *"faults cannot be handled as exceptions: ftrace is switched off"* ]]
	[[ $output == *"paged pool stays resident: ftrace is switched off"* ]]
}

@test "without the hook paged memory works, stays resident and may be touched at DISPATCH" {
	can_be_switched_off
	run part ftrace-off
	echo "$output"
	[[ $output == *"0 pages trimmed"* ]]
	[[ $output == *"DISPATCH_LEVEL: 0x"* ]]
	[[ $output == *"word for word"* ]]
	[[ $output == *"status 0"*"removed 0"* ]]
}

@test "ftrace cannot be switched off while the module is loaded, and can afterwards" {
	can_be_switched_off
	run part ftrace-stays-on
	echo "$output"
	[[ $output == *busy* && $output == *"refused, ftrace 1"* ]]
	[[ $output == *"word for word"* ]]
	[[ $output == *"status 0"*"unloaded, ftrace 0"* ]]
}

@test "where all shared memory is to have huge pages, every page is written out" {
	run part huge-pages
	echo "$output"
	[[ $output == *"[force]"* ]]
	[[ $output == *"2048 pages trimmed, 2048 written"* ]]
	[[ $output == *"word for word"* ]]
	[[ $output == *"status 0"* ]]
}

@test "blocks that a module has left are freed at the end, protected ones as well" {
	run part orphans
	echo "$output"
	[[ $output == *"Kept"*"Kept"*"Kept"*"status 0"*"7 blocks that modules have left are freed"* ]]
	[[ $output != *WARNING* && $output != *STOP* ]]
}

@test "loading and unloading again and again takes no memory" {
	run part cycles
	[[ $output != *failed* ]]
	[[ $output =~ growth\ (-?[0-9]+)\ KiB ]]
	echo "grown by ${BASH_REMATCH[1]} KiB"
	# The caches breathe by less than this, and a page each time is more; `make bench` has a
	# limit for a thousand times.
	[ "${BASH_REMATCH[1]}" -lt 256 ]
}
