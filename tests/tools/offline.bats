#!/usr/bin/env bats
# What the tool does where there is no device; no machine is needed for this.

setup_file() {
	load common
	build_tool
}

setup() {
	load common
	# shellcheck disable=SC2154 # set by common
	ntpool=$root/build/bin/ntpool
	export NTPOOL_DEVICE=$BATS_TEST_TMPDIR/missing
}

@test "without a command the tool lists its commands and fails" {
	run "$ntpool"
	[ "$status" -eq 2 ]
	[[ $output == *"Usage: ntpool COMMAND"* ]]
}

@test "help lists every command" {
	run "$ntpool" help
	[ "$status" -eq 0 ]
	for command in status script tags bugchecks split story help; do
		grep -Eq "^  $command " <<<"$output"
	done
}

@test "help COMMAND tells the options of that command" {
	run "$ntpool" help split
	[ "$status" -eq 0 ]
	[[ $output == *"Usage: ntpool split"* ]]
	[[ $output == *"--increaseuserva=MB"* ]]
}

@test "an unknown command is named and help offered" {
	run "$ntpool" statsu
	[ "$status" -eq 2 ]
	[ "$output" = "ntpool: there is no command 'statsu'; 'ntpool help' lists those there are" ]
}

@test "an unknown option is a mistake in the command line" {
	for command in status script tags bugchecks split story; do
		run "$ntpool" "$command" --no-such-option
		[ "$status" -eq 2 ]
	done
}

@test "the version is that of the tool and of the interface" {
	run "$ntpool" --version
	[ "$status" -eq 0 ]
	[[ $output =~ ^ntpool\ [0-9.]+,\ interface\ version\ 1$ ]]
}

@test "a missing device is one sentence with the way out" {
	for command in status script tags bugchecks split story; do
		run "$ntpool" "$command"
		[ "$status" -eq 1 ]
		[ "${#lines[@]}" -eq 1 ]
		[[ $output == *"missing, because the module is not loaded: load it as root"* ]]
	done
}

@test "a device of somebody else is told as such" {
	NTPOOL_DEVICE=/dev/null run "$ntpool" status
	[ "$status" -eq 1 ]
	[ "$output" = "ntpool: /dev/null is not the device of ntpool: unset NTPOOL_DEVICE, or point it to the right one" ]
}

@test "a statement that does not exist is refused before anything is played" {
	for name in S0 S15 S 5 S1x T1; do
		run "$ntpool" story "$name"
		[ "$status" -eq 2 ]
		[[ $output == *"there is no statement '$name'; they are S1 to S14"* ]]
	done
}

@test "a layout or size of user space that does not exist is refused" {
	run "$ntpool" split --layout arm
	[ "$status" -eq 2 ]
	for size in 2047 3073 x 2048M ''; do
		run "$ntpool" split --increaseuserva "$size"
		[ "$status" -eq 2 ]
		[[ $output == *"is no number from 2048 to 3072"* ]]
	done
}

@test "the library exports what its header declares, and nothing else" {
	declared=$(grep -oE '\bntpool_[a-z0-9_]+\(' "$root/userspace/lib/ntpool.h" | tr -d '(' | sort -u)
	exported=$(nm -D --defined-only "$root/build/lib/libntpool.so" | awk '$2 == "T" { sub(/@.*/, "", $3); print $3 }' | sort)
	# The comments of the header name calls, too.
	[ "$exported" = "$declared" ]
}

@test "every call of the library has a man page" {
	for call in $(nm -D --defined-only "$root/build/lib/libntpool.so" | awk '$2 == "T" { sub(/@.*/, "", $3); print $3 }'); do
		grep -Eq "^\.Nm $call( ,)?$" "$root"/userspace/man/*.3 || {
			echo "no page for $call"
			false
		}
	done
}
