#!/usr/bin/env bats
# What tests/bench/run makes of what a test machine says; the machine is a stand-in.

bats_require_minimum_version 1.5.0

setup() {
	tree=$BATS_TEST_TMPDIR
	mkdir -p "$tree"/tests/{bench,vm}
	cp "$BATS_TEST_DIRNAME/../bench/run" "$tree/tests/bench/run"
	machine
}

# machine [PART]: each side takes its time; there is no machine for PART.
machine() {
	cat >"$tree/tests/vm/run" <<-SH
		#!/bin/sh
		while [ "\$1" != bench-guest ]; do shift; done
		case \$2 in
		"${1-}") exit 1 ;;
		paging) echo "growth 0"; both="paging-load resident-touch trim soft-fault" ;;
		pool) both="nonpaged-alloc:16 paged-alloc:16 paged-large-alloc live-blocks-growth
			block-metadata-bytes:paged block-metadata-bytes:nonpaged waste:paged waste:nonpaged" ;;
		io) both="buffered-round-trip direct-transfer outstanding-growth answered-at-once" ;;
		cpus) printf 'scaling:%s\n' 'pools ours 1000 10' 'pools theirs 1500 10' 'kmalloc ours 1000 10' \
			'kmalloc theirs 1200 10' 'own ours 1000 10' 'own theirs 1600 10' ;;
		esac
		for name in \$both; do
			echo "\$name ours 3000 2"
			echo "\$name theirs 4000 2"
		done
	SH
	chmod +x "$tree/tests/vm/run"
}

names() {
	jq -r '.[].name' "$tree/build/bench.json" | sort | paste -sd ' '
}

@test "every ratio is that of the two sides" {
	run -0 "$tree/tests/bench/run"
	[ "$(jq length "$tree/build/bench.json")" -eq 13 ]
	jq -e 'all(.ratio - .ours / .theirs | fabs < 1e-9)' "$tree/build/bench.json"
}

@test "two processors are beside half of what two reach at best" {
	run -0 "$tree/tests/bench/run" --only pool
	jq -e '.[] | select(.name == "two-cpu-scaling") | .ours == 1.5 and .theirs == 0.8 and .wall_ratio == 1.5' \
		"$tree/build/bench.json"
	[[ $output == *"two-cpu-scaling "*" 1.50 "*" 0.80 "*" 1.88 "*">= 1.90"*" 1.50  MISSED"* ]]
	[[ $output == *"against half of what two CPUs reach at best"* ]]
}

@test "a part that is measured alone leaves the others' rows" {
	run -0 "$tree/tests/bench/run" --only io
	run -0 "$tree/tests/bench/run" --only paging
	run -0 "$tree/tests/bench/run" --only io
	[ "$(names)" = "buffered-round-trip direct-transfer outstanding-growth paging-load resident-touch soft-fault trim" ]
}

@test "a part that fails takes no rows of those before it along" {
	machine io
	run ! "$tree/tests/bench/run"
	[[ $(names) == *"two-cpu-scaling"* ]]
	[[ $(names) != *"round-trip"* ]]
}
