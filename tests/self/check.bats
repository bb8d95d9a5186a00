#!/usr/bin/env bats
# tests/check must not pass anything that has not passed.

bats_require_minimum_version 1.5.0

# A tree with nothing but tests/check in it.
setup() {
	tree=$BATS_TEST_TMPDIR
	mkdir -p "$tree/tests/vm"
	cp "$BATS_TEST_DIRNAME/../check" "$tree/tests/check"
	printf '#!/bin/sh\n' >"$tree/tests/vm/deps"
	chmod +x "$tree/tests/vm/deps"
}

# group NAME LINE...: a test group that is a shell script of these lines.
group() {
	mkdir -p "$tree/tests/$1"
	printf '%s\n' '#!/bin/sh' "${@:2}" >"$tree/tests/$1/run"
	chmod +x "$tree/tests/$1/run"
}

good() {
	group good 'echo 1..2' 'echo ok 1 one' 'echo ok 2 two'
}

# The last line and the status.
closes() {
	run "-$1" "$tree/tests/check" "${@:3}"
	[ "${lines[-1]}" = "$2" ]
}

@test "groups that pass are counted" {
	good
	group more 'echo 1..1' 'echo ok 1 three'
	closes 0 "3 passed, 0 failed, 0 skipped"
}

@test "a failing test fails, and its diagnostics are printed" {
	good
	group bad 'echo 1..2' 'echo ok 1 one' 'echo not ok 2 two' 'echo "# because of this"'
	closes 1 "3 passed, 1 failed, 0 skipped"
	[[ $output == *"not ok 2 two"*"# because of this"* ]]
}

@test "diagnostics of passing tests are not printed" {
	group good 'echo 1..1' 'echo "# noise"' 'echo ok 1 one' 'echo "# more noise"'
	closes 0 "1 passed, 0 failed, 0 skipped"
	[[ $output != *noise* ]]
}

@test "skipped tests are neither passed nor failed" {
	group good 'echo 1..2' 'echo "ok 1 one"' 'echo "ok 2 two # SKIP not here"'
	closes 0 "1 passed, 0 failed, 1 skipped"
}

@test "a group that stops early fails" {
	good
	group short 'echo 1..3' 'echo ok 1 one'
	closes 1 "3 passed, 1 failed, 0 skipped"
}

@test "a group without a plan fails" {
	group wild 'echo ok 1 one'
	run -1 "$tree/tests/check"
}

@test "a group that prints nothing fails" {
	good
	group mute ':'
	closes 1 "2 passed, 1 failed, 0 skipped"
}

@test "a group that skips everything fails" {
	good
	group idle 'echo "1..0 # SKIP no device"'
	closes 1 "2 passed, 1 failed, 0 skipped"
}

@test "a group that passes its tests but ends with an error fails, and its words are printed" {
	good
	group dying 'echo 1..1' 'echo ok 1 one' 'echo out of luck >&2' 'exit 9'
	closes 1 "3 passed, 1 failed, 0 skipped"
	[[ $output == *"out of luck"*"status 9"* ]]
}

@test "a group that is killed fails" {
	good
	group killed 'echo 1..1' 'echo ok 1 one' 'kill -9 $$'
	closes 1 "3 passed, 1 failed, 0 skipped"
}

@test "a test that is planned but comes twice fails" {
	group twice 'echo 1..1' 'echo ok 1 one' 'echo ok 1 one'
	run -1 "$tree/tests/check"
}

@test "groups can be chosen" {
	good
	group bad 'echo 1..1' 'echo not ok 1 one'
	closes 0 "2 passed, 0 failed, 0 skipped" good
}

@test "a group that is not there is an error" {
	good
	run ! "$tree/tests/check" nothing
	[[ $output == *"no group nothing"* ]]
}

@test "no groups at all are an error" {
	run ! "$tree/tests/check"
}

@test "bats files are groups" {
	mkdir "$tree/tests/own"
	printf '%s\n' '@test "yes" {' ':' '}' '@test "no" {' 'false' '}' >"$tree/tests/own/own.bats"
	closes 1 "1 passed, 1 failed, 0 skipped"
}

@test "a folder can have several groups" {
	good
	printf '%s\n' '#!/bin/sh' 'echo 1..1' 'echo ok 1 more' >"$tree/tests/good/run-more"
	chmod +x "$tree/tests/good/run-more"
	closes 0 "3 passed, 0 failed, 0 skipped"
	[ "$("$tree/tests/check" --list)" = $'good\ngood/more' ]
	closes 0 "1 passed, 0 failed, 0 skipped" good/more
}

@test "groups that choose all their kernels themselves are not repeated with each kernel" {
	cp "$BATS_TEST_DIRNAME/../check-kernels" "$tree/tests/"
	mkdir -p "$tree"/tests/{lab,module,tools}
	for file in lab/repeated module/failure tools/offline; do
		printf '%s\n' '@test "no" {' 'false' '}' >"$tree/tests/$file.bats"
	done
	group kunit 'echo 1..1' 'echo not ok 1'
	group soak 'echo 1..1' 'echo not ok 1'
	group good 'echo 1..1' 'echo not ok 1'
	mv "$tree/tests/good/run" "$tree/tests/good/run-debug"
	good
	run -0 "$tree/tests/check-kernels" stock 6.12
	[ "${lines[-1]}" = "4 passed, 0 failed, 0 skipped" ]
}
