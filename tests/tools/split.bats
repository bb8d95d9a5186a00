#!/usr/bin/env bats
# split, as a user runs it.

setup_file() {
	load common
	play <<-'PLAY'
		t all ntpool split
		t json ntpool split --json
		t x86 ntpool split --layout x86 --increaseuserva 3072
		t x86_json ntpool split --layout x86 --increaseuserva 3072 --json
		t pictures ntpool split --svg /share/split.svg --png /share/split.png
		t bad_name ntpool split --svg /share/split.gif
		t bad_folder ntpool split --png /nowhere/split.png
		mv /dev/ntpool /dev/moved
		NTPOOL_DEVICE=/dev/moved t moved ntpool split --json
		mv /dev/moved /dev/ntpool
		mkdir /tmp/alone && cp "$(command -v ntpool)" /tmp/alone
		t alone /tmp/alone/ntpool split
		printf '#!/bin/sh\nexit 2\n' >/tmp/alone/ntpool-split32 && chmod 755 /tmp/alone/ntpool-split32
		t mute /tmp/alone/ntpool split
	PLAY
}

setup() {
	load common
}

@test "split shows the machine's own layout beside those of Windows" {
	status all 0
	says all '^This machine$'
	says all '^Windows on x64  \(emulated'
	says all '^Windows on x86, increaseuserva 2048  \(emulated'
}

@test "split tells what 64-bit and 32-bit programs have here" {
	says all "^A 64-bit program on this machine: its user space ends at 00007fff'ffffefff"
	says all "^A 32-bit program on this machine: its user space ends at 00000000'[0-9a-f]{8}"
}

@test "split --json has all layouts and both callers" {
	holds json '.layouts | map(.layout) == ["native", "x64", "x86"]'
	holds json '.callers | map(.bits) == [64, 32]'
	holds json '.layouts[0].emulated == false and .layouts[1].emulated == true'
	holds json '.layouts[1].system_start == "0xffff800000000000"'
	holds json '.layouts[2].system_start == "0x80000000"'
}

@test "a 32-bit program asks the device that NTPOOL_DEVICE names" {
	status moved 0
	holds moved '.callers | map(.bits) == [64, 32]'
}

@test "why there is nothing to tell of a 32-bit program is told" {
	status alone 0
	says alone '^Of a 32-bit program there is nothing to tell: .*/ntpool-split32 cannot be run: No such file or directory\.$'
	status mute 0
	says mute '^Of a 32-bit program there is nothing to tell: a 32-bit program cannot open /dev/ntpool\.$'
}

@test "increaseuserva moves the line, and the bar shows it to scale" {
	status x86 0
	says x86 "^  system space  00000000'c0000000  00000000'ffffffff  1 GiB$|system space +00000000'c0000000 +00000000'ffffffff +1 GiB"
	says x86 '^  \|u{48}\|s{16}\|$'
	holds x86_json '.layouts | length == 1'
	holds x86_json '.layouts[0].user_mb == 3072'
}

@test "the pools have less room at 3072 than at 2048" {
	two=$(out json | jq '.layouts[2].paged_budget')
	three=$(out x86_json | jq '.layouts[0].paged_budget')
	[ "$three" -lt "$two" ]
}

@test "the pictures are an SVG and a PNG" {
	status pictures 0
	python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$BATS_FILE_TMPDIR/split.svg"
	[ "$(head -c 8 "$BATS_FILE_TMPDIR/split.png" | od -An -tx1 | tr -d ' ')" = 89504e470d0a1a0a ]
}

@test "a picture that cannot be drawn is an error" {
	status bad_name 1
	complains bad_name "ntpool: /share/split.gif: a picture's name ends in .svg or .png"
	status bad_folder 1
	[ -n "$(err bad_folder)" ]
}
