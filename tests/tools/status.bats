#!/usr/bin/env bats
# status and bugchecks, as a user runs them.

setup_file() {
	load common
	play <<-'PLAY'
		t fresh ntpool status
		t json ntpool status --json
		chmod 600 /dev/ntpool
		t denied su nobody -s /bin/sh -c 'ntpool status'
		hold
		echo 'alloc a paged 100K Abcd' >&3
		echo 'alloc b nonpaged 1000 Efg' >&3
		echo 'fill a 1' >&3
		await ^a:.*filled
		t busy ntpool status --json
		t no_bugchecks ntpool bugchecks
		: >/share/followed.out
		ntpool bugchecks --follow --json >>/share/followed.out &
		follower=$!
		echo 'trim a' >&3
		echo 'touch a 4096 dispatch write 1' >&3
		echo 'free a Wron' >&3
		tries=0
		while [ "$(wc -l </share/followed.out)" -lt 2 ] && [ $((tries += 1)) -le 60 ]; do
			sleep 1
		done
		kill $follower
		t bugchecks ntpool bugchecks
		chmod 666 /dev/ntpool
		t stranger su nobody -s /bin/sh -c 'ntpool bugchecks'
		t full sh -c 'timeout 60 ntpool bugchecks --follow >/dev/full'
		exec 3>&-
		wait
	PLAY
}

setup() {
	load common
}

@test "status tells that paged pool pages here" {
	status fresh 0
	says fresh '^ntpool is loaded: interface version 1, [0-9]+ CPUs, pages of 4096 bytes$'
	says fresh 'paged pool pages +yes: the page-fault hook is in place'
	says fresh 'swap space +yes: .* of which .* free'
}

@test "status uses no colour where it is no terminal" {
	hides fresh $'\033'
}

@test "status --json is JSON with everything in it" {
	status json 0
	holds json '.abi_version == 1 and .page_size == 4096'
	holds json '.features.paging == true and .features.reason == ""'
	holds json '.stats | has("resident_pages") and has("hard_faults") and has("requests_completed")'
}

@test "status tells the release emulated, the limits and the pool events" {
	says fresh 'Windows release emulated +current$'
	says fresh 'pool events set +HighPagedPoolCondition HighNonPagedPoolCondition$'
	holds json '.target == "current"'
	holds json '.conditions == ["HighPagedPoolCondition", "HighNonPagedPoolCondition"]'
	holds json '.stats.paged_limit_pages > .stats.nonpaged_limit_pages and .stats.nonpaged_limit_pages > 0'
	holds busy '.stats.paged_pages >= 25 and .stats.nonpaged_pages >= 1'
}

@test "who may not open the device is told what to do" {
	status denied 1
	complains denied "ntpool: /dev/ntpool may not be opened by this user: run as root, or ask for access to the device"
}

@test "status counts what another session has" {
	holds busy '.stats.paged_bytes == 102400 and .stats.nonpaged_bytes == 1000'
	holds busy '.stats.sessions == 2'
	holds busy '.stats.resident_pages >= 25'
}

@test "bugchecks without any says so" {
	status no_bugchecks 0
	says no_bugchecks '^There is none to read'
}

@test "bugchecks prints those recorded before it was started" {
	says bugchecks 'STOP|0x000000D1|DRIVER_IRQL_NOT_LESS_OR_EQUAL'
	says bugchecks 'BAD_POOL_CALLER'
}

@test "who may not see the bug checks of others is told so" {
	status stranger 1
	silent stranger
	complains stranger 'ntpool: the bug checks of other programs are for root alone: run as root'
}

@test "bugchecks --follow ends where its output cannot be written" {
	status full 1
	complains full 'ntpool: cannot write the output'
}

@test "bugchecks --follow prints them as they come" {
	out followed | jq -se 'length == 2' >/dev/null
	out followed | jq -se '.[0].code == "0xd1" and .[0].parameters[1] == "0x2" and .[0].parameters[2] == "0x1"'
	out followed | jq -se '.[0].irql == "DISPATCH_LEVEL" and .[1].irql == "PASSIVE_LEVEL"'
	out followed | jq -se '.[1].name == "BAD_POOL_CALLER" and .[1].parameters[0] == "0xa"'
	out followed | jq -se '.[0].time | test("^20[0-9-]{8}T[0-9:]{8}[.][0-9]{3}Z$")'
	out followed | jq -se '.[0].comm == "ntpool" and .[0].number + 1 == .[1].number'
}
