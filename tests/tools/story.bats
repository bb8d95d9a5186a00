#!/usr/bin/env bats
# story: all of it in a machine with little memory, and parts of it in others.

setup_file() {
	load common
	play --smp 2 --mem 256M --swap 1G --timeout 600 <<-'PLAY'
		t whole ntpool story --json --pictures /share/pictures
		t part ntpool story s7 S5
		# Nobody can be started here but who is there.
		mkdir /sys/fs/cgroup/alone
		echo +pids >/sys/fs/cgroup/cgroup.subtree_control
		t alone timeout 100 sh -c 'echo $$ >/sys/fs/cgroup/alone/cgroup.procs; echo 1 >/sys/fs/cgroup/alone/pids.max; exec ntpool story S4 S10'
		swapoff /dev/vda
		t poor ntpool story S3 S8
		chmod 666 /dev/ntpool
		t nobody su nobody -s /bin/sh -c 'ntpool story S1 S5'
	PLAY
}

setup() {
	load common
}

@test "every statement is shown" {
	status whole 0
	holds whole 'map(.id) == ["S1","S2","S3","S4","S5","S6","S7","S8","S9","S10","S11","S12","S13","S14"]'
	holds whole 'all(.verdict == "shown")'
}

@test "every statement rests on at least one check" {
	holds whole 'all(.checks | length > 0)'
	holds whole '[.[].checks[].holds] | all'
}

@test "S3 loads twice the memory that the machine has" {
	holds whole '.[2].facts | .memory > 250 * 1048576 and .load >= 2 * 256 * 1048576'
}

@test "S10 shows of each way the processes, the CPU, the address, the frames and the bytes" {
	for way in naive buffered direct attach; do
		holds whole ".[9].facts.$way | map(.what) == [\"process\", \"interrupt on CPU\", \"address\", \"page frame\", \"memory before\", \"memory after\"]"
		holds whole ".[9].facts.$way | (.[0].requester | startswith(\"ntpool, \")) and (.[0].interrupted | startswith(\"bystander, \")) and .[1].interrupted == \"1\""
		holds whole ".[9].facts.$way | [.[3].requester, .[3].interrupted] | all(test(\"^0x[0-9a-f]{2,}\"))"
	done
	for way in buffered direct attach; do
		holds whole ".[9].facts.$way | .[4].requester == \"\\\"requester's own \\\"\" and .[5].requester == \"\\\"DEVICE!!r's own \\\"\""
		holds whole ".[9].facts.$way | .[4].interrupted == \"\\\"bystander's own \\\"\" and .[5].interrupted == .[4].interrupted"
	done
}

@test "what nonpaged pool is spared is really tried" {
	holds whole '.[10].checks | map(.claim) | any(test("^to trim it is refused: Invalid argument")) and any(test("^all pools paged out: of a paged block 0 pages are resident, of the nonpaged one all 64$"))'
}

@test "where no second process can be started the story says so and goes on" {
	status alone 1
	says alone 'the second process did not start'
	says alone '^     S4: not shown$'
	says alone '^     S10: not shown$'
}

@test "the three figures are drawn as SVG and PNG" {
	for name in two-processes two-spaces two-pools; do
		python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$BATS_FILE_TMPDIR/pictures/$name.svg"
		[ "$(head -c 8 "$BATS_FILE_TMPDIR/pictures/$name.png" | od -An -tx1 | tr -d ' ')" = 89504e470d0a1a0a ]
	done
}

@test "a part of the story is played in its order" {
	status part 0
	[ "$(out part | grep -Eo '^ +S[0-9]+: (not )?shown' | tr -d ' ')" = "$(printf '%s\n' S5:shown S7:shown)" ]
}

@test "what cannot be shown is told with its reason, and fails the story" {
	status poor 1
	says poor 'it takes .* of free swap space, and there are 0 bytes'
	says poor '^     S3: not shown$'
	says poor '^     S8: shown$'
}

@test "without CAP_SYS_ADMIN the story tells what it may not see" {
	status nobody 1
	says nobody 'frames and system addresses are for CAP_SYS_ADMIN only'
	says nobody '^     S5: shown$'
}
