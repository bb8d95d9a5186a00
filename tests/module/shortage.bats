#!/usr/bin/env bats
# Paged pool in a machine without room.
# shellcheck disable=SC2154 # bats sets output and status

setup_file() {
	export said=$BATS_FILE_TMPDIR/said
	cd "$BATS_TEST_DIRNAME/../.." || return
	tests/vm/run --mem 192M --swap 64M --timeout 900 -- \
		sh -c "$(cat tests/module/guest-shortage)" >"$said" 2>&1
}

part() {
	awk -v name="$1" '/^=== / { on = $2 == name; next } on' "$said"
}

@test "the machine went through all parts" {
	grep -qx '=== end' "$said"
}

@test "blocks beyond memory and swap are refused with STATUS_INSUFFICIENT_RESOURCES" {
	run part exhaustion
	[[ $output == *"STATUS_INSUFFICIENT_RESOURCES (0xc000009a)"* ]]
}

@test "what was granted can all be filled, and reads back word for word" {
	filled=$(part exhaustion | grep -c ': filled')
	[ "$filled" -gt 100 ]
	# Eight were freed, and another came.
	[ "$(part exhaustion | grep -c 'word for word')" = $((filled - 8)) ]
}

@test "the kernel killed nobody for memory, though frames lay in swap's cache while swap was full" {
	run part killer
	[ "$output" = 0 ]
}

@test "blocks that are freed make room for another" {
	run part exhaustion
	[[ $output == *"again: filled 1 MiB"* ]]
	[[ $output == *"again: 1 MiB as filled from seed 99, word for word"* ]]
}

@test "a memory cgroup that is full has its paged pool trimmed, and nobody is killed" {
	run part memory-cgroup
	[[ $output == *"a: 64 MiB as filled from seed 5, word for word"* ]]
	[[ $output =~ peak\ ([0-9]+) ]]
	[ "${BASH_REMATCH[1]}" -le $((24 << 20)) ]
}

@test "where the kernel promises no more than it has, neither does paged pool" {
	run part strict-commitment
	[[ $output == *"STATUS_INSUFFICIENT_RESOURCES (0xc000009a)"* ]]
	[[ $output == *"b: 8 MiB as filled from seed 6, word for word"* ]]
}
