#!/usr/bin/env bats
# Paged pool on a disk that fails, on the debug kernel.
# shellcheck disable=SC2154 # bats sets output and status

setup_file() {
	export said=$BATS_FILE_TMPDIR/said
	cd "$BATS_TEST_DIRNAME/../.." || return
	tests/vm/run --kernel debug --mem 300M --timeout 900 -- \
		sh -c "$(cat tests/module/guest-failure)" >"$said" 2>&1
}

part() {
	awk -v name="$1" '/^=== / { on = $2 == name; next } on' "$said"
}

@test "the machine went through all parts, and its kernel has nothing to report" {
	grep -qx '=== end' "$said"
}

@test "a page that cannot be brought in is bug check 0x7A and STATUS_IN_PAGE_ERROR" {
	run part in-page-error
	[[ $output == *"read at 5000 at PASSIVE_LEVEL"*"STATUS_IN_PAGE_ERROR (0xc0000006)"* ]]
	[[ $output == *"0x7A KERNEL_DATA_INPAGE_ERROR (0x"*", 0xc0000006, 0x0, 0x"*"1388)"* ]]
}

@test "a copy from a page that cannot be brought in fails in the same way" {
	[ "$(part in-page-error | grep -c 'refused: STATUS_IN_PAGE_ERROR')" = 3 ]
}

@test "when pages can be brought in again nothing is lost" {
	run part in-page-error
	[[ $output == *"64 KiB as filled from seed 7, word for word"* ]]
	[[ $output == *"read at 5000 at PASSIVE_LEVEL: 0x"* ]]
}

@test "where paged memory is kept resident and there is none, the allocation alone fails" {
	run part no-memory-to-keep
	[ "$(grep -c 'STATUS_INSUFFICIENT_RESOURCES (0xc000009a)' <<<"$output")" = 2 ]
	[[ $output == *"paged_bytes                     0"* ]]
	[[ $output == *"pinned_pages                    0"* ]]
	[[ $output == *"a: 64 KiB as filled from seed 3, word for word"* ]]
}

@test "a slot whose page cannot be had is no block, and one when its page can be had again" {
	run part reused-slot
	[ "$(grep -c 'STATUS_INSUFFICIENT_RESOURCES (0xc000009a)' <<<"$output")" = 1 ]
	[[ $output == *"a: 2.0 KiB as filled from seed 7, word for word"* ]]
	[[ $output == *"00 00 00 00 00 00 00 00"* ]]
}

@test "a page that the disk does not give back costs its slots, and no allocation" {
	run part lost-slot
	[ "$(grep -c '^d: ' <<<"$output")" = 1 ]
	[[ $output != *STATUS_INSUFFICIENT_RESOURCES* ]]
	[ "$(grep -c '00 00 00 00 00 00 00 00' <<<"$output")" = 2 ]
	[[ $output == *"a: 1.9 KiB as filled from seed 7, word for word"* ]]
}
