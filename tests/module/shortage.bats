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
	granted=$(part exhaustion | grep -c ': filled')
	[ "$granted" -gt 5 ]
	# All of them, and once more all but the one that was freed in between.
	[ "$(part exhaustion | grep -c 'word for word')" = $((2 * granted - 2)) ]
}

@test "the kernel killed nobody for memory" {
	run part killer
	[ "$output" = 0 ]
}

@test "a block that is freed makes room for another" {
	run part exhaustion
	[[ $output == *"again: filled 16 MiB"* ]]
	[[ $output == *"again: 16 MiB as filled from seed 99, word for word"* ]]
}
