#!/usr/bin/env bats
# verifier, as a user runs it, and what it finds.

setup_file() {
	load common
	play <<-'PLAY'
		rmmod ntpool
		t bad_bits insmod /lib/ntpool/ntpool.ko verifier=0x20
		t bad_tags insmod /lib/ntpool/ntpool.ko verifier=1 verifier_tags=toolong
		dmesg >/share/load.dmesg
		insmod /lib/ntpool/ntpool.ko verifier=0x9 'verifier_tags=Ab*,Cd' verifier_driver=some_driver
		t loaded ntpool verifier --json
		rmmod ntpool
		insmod /lib/ntpool/ntpool.ko paging=0 special_mb=1
		t unpaged ntpool script <<-'SCRIPT'
			alloc a paged 100 Abcd special
			alloc b nonpaged 5000 Abcd special
			write a 0 hello
			write b 4990 hello
			read a 0 5
			read b 4990 5
			free a
			free b
		SCRIPT
		t unpaged_after ntpool verifier --json
		rmmod ntpool
		insmod /lib/ntpool/ntpool.ko
		chmod 666 /dev/ntpool
		t off ntpool verifier
		t off_json ntpool verifier --json
		t pending ntpool verifier --flags pending
		t pending_json ntpool verifier --json
		t nobody su nobody -s /bin/sh -c 'ntpool verifier --flags 0x1'
		t nobody_asks su nobody -s /bin/sh -c 'ntpool verifier --json'
		t set ntpool verifier --flags 0x9 --tag 'Xyz*' --tag 'A?c' --size 10-4K --driver ntpool --process ntpool
		t get ntpool verifier --json
		t words ntpool verifier --flags special,irql,faults,tracking --probability 50 --grace 7 --json
		t reset ntpool verifier --reset --json

		cat >/tmp/now-and-then <<-'SCRIPT'
			alloc a paged 4K Hide
			touch a 0 passive write 1
			touch a 0 dispatch read
			trim a
			touch a 0 dispatch read
			touch a 0 passive write 1
			touch a 0 dispatch read
			trim a
			touch a 0 dispatch read
		SCRIPT
		t intermittent ntpool script /tmp/now-and-then
		ntpool verifier --flags irql >/dev/null
		t shown ntpool script /tmp/now-and-then

		ntpool verifier --flags special --tag Over --json >/dev/null
		t overrun ntpool script <<-'SCRIPT'
			alloc a paged 100 Over
			touch a 112 passive write 1
		SCRIPT
		dmesg >/share/overrun.dmesg
		t counted ntpool verifier --json
		t recorded ntpool bugchecks
		t recorded_json ntpool bugchecks --json

		ntpool verifier --flags faults --probability 10000 --grace 0 --process ntpool >/dev/null
		t failing ntpool script <<-'SCRIPT'
			alloc a paged 4K Fail
		SCRIPT
		ntpool verifier --flags faults --probability 10000 --grace 0 --process another >/dev/null
		t sparing ntpool script <<-'SCRIPT'
			alloc a paged 4K Fail
		SCRIPT

		ntpool verifier --flags tracking >/dev/null
		ntpool script >/dev/null <<-'SCRIPT'
			alloc a paged 100 Left
			alloc b paged 200 Left
			alloc c nonpaged 5000 Lost
			alloc d nonpaged 5000 Fine
			free d
		SCRIPT
		sleep 1
		dmesg >/share/session.dmesg
		t session_left ntpool verifier --json
		insmod /lib/ntpool/ntpool_leaker.ko
		rmmod ntpool_leaker
		dmesg >/share/module.dmesg
		t module_recorded ntpool bugchecks --json
		t module_left ntpool verifier --json
		i=10
		while [ $i -lt 50 ]; do
			echo "alloc b$i paged 64 Tg$i"
			i=$((i + 1))
		done | ntpool script >/dev/null
		sleep 1
		dmesg >/share/many.dmesg
		ntpool verifier --reset >/dev/null
	PLAY
}

setup() {
	load common
}

# logged FILE REGEX: a line of the kernel's log matches
logged() {
	grep -Eq -- "$2" "$BATS_FILE_TMPDIR/$1.dmesg" || {
		echo "the log does not say '$2':"
		grep ntpool "$BATS_FILE_TMPDIR/$1.dmesg" | tail -n 40
		return 1
	}
}

@test "the module can be loaded with the verifier on" {
	status loaded 0
	holds loaded '.flags == "0x9" and .tags == ["Ab*", "Cd"] and .driver == "some_driver"'
}

@test "settings that cannot be had keep the module from loading, and are told" {
	status bad_bits 22 # EINVAL
	status bad_tags 22 # EINVAL
	logged load 'ntpool: verifier=0x20 .* cannot be had'
	logged load 'ntpool: verifier=0x1 verifier_tags=toolong .* cannot be had'
}

@test "special pool works where paged pool does not page" {
	status unpaged 0
	says unpaged 'hello'
	holds unpaged_after '.stats.special_pages == 256 and .stats.special_live == 0 and .stats.special_kept == 3'
}

@test "the verifier is off to begin with" {
	status off 0
	says off '^The verifier is off'
	holds off_json '.flags == "0x0" and .options == [] and .tags == []'
	holds off_json '.probability == 600 and .grace_seconds == 480'
}

@test "pending I/O by force brings I/O verification with it" {
	status pending 0
	says pending '^Verify Level 210 '
	says pending 'Force pending I/O requests'
	says pending 'I/O verification'
	holds pending_json '.flags == "0x210" and .options == ["io", "pending"] and .stats.forced_pending == 0'
}

@test "setting is for root, asking for everybody" {
	status nobody 1
	complains nobody 'ntpool: what is verified is for root to say: run as root'
	status nobody_asks 0
	holds nobody_asks '.flags == "0x210"'
}

@test "what is set is told as Driver Verifier names it" {
	status set 0
	says set '^Verify Level 9 '
	says set '^ +Special pool$'
	says set "with a tag 'Xyz\\*' or 'A\\?c'"
	says set 'of 10 bytes to 4 KiB'
	says set 'by the module ntpool, for the process ntpool'
	says set '^ +Pool Allocations Attempted +0$'
}

@test "what is set is in force" {
	holds get '.flags == "0x9" and .options == ["special", "tracking"] and .tags == ["Xyz*", "A?c"]'
	holds get '.size_min == 10 and .size_max == 4096 and .driver == "ntpool" and .process == "ntpool"'
	holds words '.flags == "0xf" and .probability == 50 and .grace_seconds == 7 and .tags == []'
}

@test "reset switches everything off" {
	status reset 0
	holds reset '.flags == "0x0" and .driver == "" and .probability == 600'
}

# at_dispatch PART: what became of each touch at DISPATCH
at_dispatch() {
	out "$1" | sed -nE 's/.*bug check [0-9]+: 0xD1 .*/caught/p; s/^a: read at 0 at DISPATCH_LEVEL: 0x.*/unnoticed/p'
}

@test "force IRQL checking shows each time the bug that shows now and then otherwise" {
	status intermittent 0
	[ "$(at_dispatch intermittent | xargs)" = 'unnoticed caught unnoticed caught' ]
	status shown 0
	[ "$(at_dispatch shown | xargs)" = 'caught caught caught caught' ]
}

@test "a touch beyond a special block is caught with the instruction's name in the log" {
	status overrun 0
	says overrun 'DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION'
	logged overrun "special pool: write by handle_touch\\+0x[0-9a-f]+/.* 112 bytes from the start of a block of 100 bytes 'Over'"
	holds counted '.stats.attempted == 1 and .stats.succeeded_special == 1 and .stats.special_pages > 0'
}

@test "its record has the instruction's name, too" {
	says recorded '^ +0xD6 DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION'
	says recorded '^ +by handle_touch\+0x[0-9a-f]+ \[ntpool\]$'
	out recorded_json | jq -es 'any(.[]; .code == "0xd6" and (.instruction | test("^handle_touch\\+0x")))'
}

@test "allocations of the process named fail, and no others" {
	status failing 0
	says failing 'INSUFFICIENT_RESOURCES'
	status sparing 0
	hides sparing 'INSUFFICIENT_RESOURCES'
}

@test "what a session leaves is listed by tag with the stacks" {
	logged session "left by .*: 2 blocks, 300 bytes, tag 'Left', allocated at"
	logged session "left by .*: 1 blocks, 5000 bytes, tag 'Lost', allocated at"
	logged session 'ntpool:   handle_alloc\+0x'
	run grep "tag 'Fine'" "$BATS_FILE_TMPDIR/session.dmesg"
	[ "$status" -eq 1 ]
	holds session_left '.stats.leaked == 3 and .stats.tracked == 0'
}

@test "however many tags a session has left, all are listed" {
	[ "$(grep -c "left by ntpool: 1 blocks, 64 bytes, tag 'Tg[0-9][0-9]', allocated at" \
		"$BATS_FILE_TMPDIR/many.dmesg")" = 40 ]
	[ "$(grep 'blocks left by process [0-9]*, by tag:' "$BATS_FILE_TMPDIR/many.dmesg" |
		grep -o "'Tg[0-9][0-9]' 1" | sort -u | wc -l)" = 40 ]
}

@test "what a module leaves is listed by tag with the stacks, and is bug check 0xC4" {
	logged module "left by ntpool_leaker: 3 blocks, 300 bytes, tag 'Leak', allocated at"
	logged module "left by ntpool_leaker: 1 blocks, 5000 bytes, tag 'Lost', allocated at"
	logged module 'ntpool:   (init_module|leaker_init)\+0x'
	# Not in the log, which takes no more than ten bug checks in five seconds.
	out module_recorded | jq -es 'any(.[]; .code == "0xc4" and .parameters[0] == "0x62" and
		(.parameters[1] | startswith("0xffff")) and .parameters[2:] == ["0x0", "0x4"])'
	holds module_left '.stats.leaked == 7 and .stats.tracked == 4'
}
