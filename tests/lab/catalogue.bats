#!/usr/bin/env bats
# Every pitfall of the catalogue, wrong and right, and the outcome that it must have.

setup_file() {
	load ../tools/common
	# shellcheck disable=SC2154 # set by common
	make -s -C "$root" --no-print-directory userspace-tests >&2
	play --smp 2 --timeout 600 <<-'PLAY'
		t nodriver ntpool lab run --all
		t nodriver-program /usr/local/libexec/ntpool/examples/completed-twice right
		insmod /lib/ntpool/ntpool_lab.ko
		t list ntpool lab list --json
		t all ntpool lab run --all --json
		t one ntpool lab run completed-twice --variant wrong
		t some ntpool lab run --all --variant right-direct
		t program /usr/local/libexec/ntpool/examples/completed-twice right
		t refusals env CMOCKA_MESSAGE_OUTPUT=TAP /usr/lib/ntpool/tests/lab-refusals
		# A tool whose pitfall sets the verifier, and is killed; or the tool is.
		mkdir -p /tmp/stand/bin /tmp/stand/examples
		cp "$(command -v ntpool)" /tmp/stand/bin/
		printf '%s\n' '#!/bin/sh' 'echo wrong' 'ntpool verifier --flags io >/dev/null' \
			'ntpool verifier --json >/share/meanwhile.out' \
			'[ ! -e /tmp/linger ] || { : >/tmp/lingers; exec sleep 1000; }' \
			'kill -9 $$' >/tmp/stand/examples/completed-twice
		chmod +x /tmp/stand/examples/completed-twice
		t killed /tmp/stand/bin/ntpool lab run completed-twice
		t after-killed ntpool verifier --json
		touch /tmp/linger
		/tmp/stand/bin/ntpool lab run completed-twice &
		until [ -e /tmp/lingers ]; do sleep 0.1; done
		kill -9 $!
		t tool wait $!
		i=0
		until ntpool verifier --json | grep -q '"flags": "0x0"' || [ $((i += 1)) = 100 ]; do sleep 0.1; done
		t after-tool ntpool verifier --json
		chmod 666 /dev/ntpool
		t nobody su nobody -s /bin/sh -c 'ntpool lab run --all'
		t exec lab-exec
		t bugchecks ntpool bugchecks --json
		t unload rmmod ntpool_lab
	PLAY
}

setup() {
	load ../tools/common
}

# expected NAME: every variant of that pitfall ended as it must.
expected() {
	local filter=".[] | select(.name == \"$1\") | .variants"
	[ "$(out all | jq "$filter | length")" -ge 2 ]
	out all | jq -e "$filter | all(.verdict == \"as expected\")" >/dev/null || {
		out all | jq "$filter"
		return 1
	}
}

@test "arbitrary-thread: the data lands in whoever is interrupted" {
	expected arbitrary-thread
}

@test "page-not-resident: a page that is out cannot be written in a DPC" {
	expected page-not-resident
}

@test "idle-thread: the system's threads have no user space" {
	expected idle-thread
}

@test "requester-exits: an address outlives its process" {
	expected requester-exits
}

@test "buffer-unmapped: an address outlives its memory" {
	expected buffer-unmapped
}

@test "buffer-remapped: an address names other memory" {
	expected buffer-remapped
}

@test "fork: parent and child have the same address" {
	expected fork
}

@test "embedded-pointer: what a pointer points to is not copied" {
	expected embedded-pointer
}

@test "information-leak: Information larger than what was written tells of old pool" {
	expected information-leak
}

@test "information-overrun: Information larger than the buffer overruns the caller" {
	expected information-overrun
}

@test "double-fetch: shared memory changes between check and use" {
	expected double-fetch
}

@test "mdl-left-locked: locked pages at exit are bug check 0x76" {
	expected mdl-left-locked
}

@test "mdl-unlocked-twice: the second call is a bug check" {
	expected mdl-unlocked-twice
}

@test "cancel-frees-buffer: cancellation and completion race" {
	expected cancel-frees-buffer
}

@test "completed-twice: bug check 0x44" {
	expected completed-twice
}

@test "touched-after-completion: special pool catches it" {
	expected touched-after-completion
}

@test "stack-status-block: a status is written over another function's variable" {
	expected stack-status-block
}

@test "pending-not-marked: the requester waits for ever" {
	expected pending-not-marked
}

@test "marked-not-pending: the requester is told twice" {
	expected marked-not-pending
}

@test "unprobed-address: a program has the driver write in system space" {
	expected unprobed-address
}

@test "probe-misaligned: a filter that does not expect it" {
	expected probe-misaligned
}

@test "probe-wraps: a check by hand overflows" {
	expected probe-wraps
}

@test "probe-zero-length: a probe of no bytes checks nothing" {
	expected probe-zero-length
}

@test "paged-in-dpc: works while resident, fails when trimmed, always with the verifier" {
	expected paged-in-dpc
}

@test "pageable-lock: a spin lock in paged pool" {
	expected pageable-lock
}

@test "pageable-event: an event in paged pool" {
	expected pageable-event
}

@test "wait-in-dpc: bug check 0xB8" {
	expected wait-in-dpc
}

@test "free-at-dispatch: bug check 0xC2/09" {
	expected free-at-dispatch
}

@test "no pitfall is without a test here, and all are ready with the driver loaded" {
	for name in $(out list | jq -r '.[].name'); do
		grep -q "^	expected $name\$" "$BATS_TEST_FILENAME"
	done
	holds list 'all(.status == "ready")'
	status all 0
}

@test "a single pitfall is shown with its evidence" {
	status one 0
	says one '^completed-twice: A request is completed twice$'
	says one '^  wrong$'
	says one '^    bug check +[0-9]+: 0x44 MULTIPLE_IRP_COMPLETE_REQUESTS'
	says one '^    \[yes\] '
	says one '^    as expected$'
	hides one '[NO]'
}

@test "all of them are a line a variant, and only those asked for" {
	status some 0
	says some '^  arbitrary-thread +right-direct +as expected$'
	says some '^[1-9][0-9]* as expected, 0 not$'
	hides some wrong
}

@test "an example runs by itself" {
	status program 0
	says program '^right$'
	says program '^  \[yes\] no bug check$'
}

@test "without the driver there is one sentence with the way out" {
	status nodriver 1
	silent nodriver
	complains nodriver "ntpool: the catalogue's driver is not loaded: load it as root with 'modprobe ntpool_lab', or with 'insmod /lib/ntpool/ntpool_lab.ko' in a test machine"
	status nodriver-program 1
	says nodriver-program "^  \[NO\]  the catalogue's driver is not loaded: load it as root"
}

@test "who is not root is told so in one sentence" {
	status nobody 1
	silent nobody
	complains nobody "ntpool: the catalogue's driver is for administrators only: run as root"
}

@test "the verifier is as it was after a program that was killed" {
	holds meanwhile '.flags == "0x10"'
	status killed 1
	says killed 'ended by signal 9$'
	holds after-killed '.flags == "0x0"'
}

@test "the verifier is as it was after the tool itself was killed" {
	status tool 137
	holds after-tool '.flags == "0x0"'
}

@test "evidence in JSON is all that was printed, in its order, one key several times, too" {
	holds all '[.[].variants[].evidence[] | keys == ["key", "value"]] | all'
	holds all '[.[] | select(.name == "probe-wraps") | .variants[0].evidence[] | select(.key == "decoy")] | length == 2'
}

@test "each field of the control codes that can be wrong is refused when it is" {
	out refusals | grep '^not ok' || :
	status refusals 0
	[ "$(out refusals | grep -c '^ok ')" -ge 30 ]
}

@test "a requester that executes another program has nothing written into that one" {
	out exec
	status exec 0
	says exec '^pending: yes$'
	says exec 'bytes written: 0$'
}

@test "the driver unloads" {
	status unload 0
}
