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
		paging) echo "growth \${GROWTH-64}"; both="paging-load resident-touch trim soft-fault" ;;
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
	[ "$(jq length "$tree/build/bench.json")" -eq 14 ]
	jq -e 'all(.ratio - .ours / .theirs | fabs < 1e-9)' "$tree/build/bench.json"
}

@test "two processors are beside half of what two reach at best without the pools" {
	run -0 "$tree/tests/bench/run" --only pool
	jq -e '.[] | select(.name == "two-cpu-scaling") | .ours == 1.5 and .theirs == 0.8 and .wall_ratio == 1.5' \
		"$tree/build/bench.json"
	[[ $output == *"two-cpu-scaling "*" 1.50 "*" 0.80 "*" 1.88 "*">= 1.90"*" 1.50  MISSED"* ]]
	[[ $output == *"against half of the 1.60 times that two CPUs gain here at best"* ]]
	sed -i 's/pools theirs 1500/pools theirs 1700/' "$tree/tests/vm/run"
	run -0 "$tree/tests/bench/run" --only pool
	jq -e '.[] | select(.name == "two-cpu-scaling") | .ours == 1.7 and .theirs == 0.8' "$tree/build/bench.json"
}

@test "memory that loading and unloading takes is a figure with a goal" {
	growth='.[] | select(.name == "load-unload-growth") | [.ours, .theirs, .ratio, .goal]'
	GROWTH=128 run -0 "$tree/tests/bench/run" --only paging
	[ "$(jq -c "$growth" "$tree/build/bench.json")" = '[128,256,0.5,1]' ]
	[[ $output == *"load-unload-growth "*" 0.50 "*" met"* ]]
	GROWTH=512 run -0 "$tree/tests/bench/run" --only paging
	[[ $output == *"load-unload-growth "*" 2.00 "*" MISSED"* ]]
	GROWTH=-16 run -0 "$tree/tests/bench/run" --only paging
	[[ $output == *"load-unload-growth "*" -16.0 "*" met"* ]]
}

@test "the last line counts the figures that meet their goals" {
	GROWTH=512 run -0 "$tree/tests/bench/run" --only paging
	[ "${lines[-1]}" = "4 of 5 figures met" ]
}

@test "a part that is measured alone leaves the others' rows" {
	run -0 "$tree/tests/bench/run" --only io
	run -0 "$tree/tests/bench/run" --only paging
	run -0 "$tree/tests/bench/run" --only io
	[ "$(names)" = "buffered-round-trip direct-transfer load-unload-growth outstanding-growth paging-load resident-touch soft-fault trim" ]
}

@test "a part that fails takes no rows of those before it along" {
	machine io
	run ! "$tree/tests/bench/run"
	[[ $(names) == *"two-cpu-scaling"* ]]
	[[ $(names) != *"round-trip"* ]]
}
