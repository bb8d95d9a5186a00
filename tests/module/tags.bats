#!/usr/bin/env bats
# The tag table when programs use more tags than it has room for, and modules come and go.
# shellcheck disable=SC2154 # bats sets output and status

setup_file() {
	export said=$BATS_FILE_TMPDIR/said
	cd "$BATS_TEST_DIRNAME/../.." || return
	tests/vm/run --timeout 900 -- sh -c "$(cat tests/module/guest-tags)" >"$said" 2>&1
}

part() {
	awk -v name="$1" '/^=== / { on = $2 == name; next } on' "$said"
}

@test "the machine went through all parts" {
	grep -qx '=== end' "$said"
}

@test "programs fill half of the tag table, and share 'Ovfl' from then on" {
	rows=$(part programs | sed -n 's/^rows //p')
	[ "$rows" -gt 8000 ]
	[ "$rows" -le 8192 ]
	part programs | grep -q '^Ovfl,0x[0-9a-f]*,,'
}

@test "a module still has rows of its own" {
	part module | grep -q '^Leak,0x[0-9a-f]*,ntpool_leaker,'
	part module | grep -q '^Lost,0x[0-9a-f]*,ntpool_leaker,'
}

@test "a module that is loaded again goes on with its rows" {
	run part again
	[ "$(grep -c '^Leak,0x[0-9a-f]*,ntpool_leaker,' <<<"$output")" = 1 ]
	[ "$(grep -c '^Lost,0x[0-9a-f]*,ntpool_leaker,' <<<"$output")" = 1 ]
}
