#!/usr/bin/env bats
# map, as a user runs it.

setup_file() {
	load common
	play <<-'PLAY'
		hold
		echo 'alloc a paged 256K Abcd' >&3
		echo 'fill a 1' >&3
		echo 'trim a out' >&3
		echo 'alloc b paged 128K Abcd' >&3
		echo 'fill b 2' >&3
		echo 'trim b 0 64K' >&3
		echo 'alloc c paged 1M Abcd' >&3
		echo 'alloc d nonpaged 1M Nonp' >&3
		echo 'alloc e nonpaged 100 Nonp' >&3
		echo 'alloc f paged 100 Spec special' >&3
		await '^f:'
		echo $holder >/share/holder
		cp /proc/$holder/maps /share/maps

		t map ntpool map
		t json ntpool map --json
		t vm ntpool vm --json
		t summary ntpool map --summary
		t summary_json ntpool map --summary --json
		t pid ntpool map --pid $holder
		t pid_json ntpool map --json --pid $holder --svg /share/map.svg --png /share/map.png
		t pid_summary ntpool map --summary --pid $holder
		t kernel ntpool map --pid 2
		t nobody ntpool map --pid 77777
		t denied su nobody -s /bin/sh -c 'ntpool map'
		t denied_own su nobody -s /bin/sh -c "ntpool map --pid $holder"
		t bad_name ntpool map --summary --svg /share/map.gif
		exec 3>&-
		wait
	PLAY
}

setup() {
	load common
}

# sum NAME USAGE FIELD: of the regions of system space
sum() {
	out "$1" | jq "[.system.regions[] | select(.usage == \"$2\") | .$3] | add"
}

@test "map shows the regions of system space in the order of their addresses" {
	status map 0
	says map '^System space$'
	says map '^ +BaseAddress +EndAddress +RegionSize +Type +State +Protect +Resident +Transition +In swap +Usage +Of$'
	for usage in 'direct map' 'paged pool' 'paged pool, free' 'special pool' 'nonpaged pool' vmalloc vmemmap 'kernel image' modules; do
		holds json "[.system.regions[] | select(.usage == \"$usage\")] | length > 0"
	done
	# All these addresses have the same length.
	holds json '[.system.regions[].base] | . == sort'
	holds json '[.system.regions | range(1; length) as $i | .[$i - 1].end < .[$i].base] | all'
	hides map 'User space'
}

@test "map's paged pool is what vm says" {
	# The block in special pool has a page of its own, which is resident.
	[ $(($(sum json 'paged pool' size) + 4096)) = "$(out vm | jq .paged_commit)" ]
	[ $(($(sum json 'paged pool' resident) + 4096)) = "$(out vm | jq .paged_resident)" ]
	[ "$(sum json 'special pool' resident)" -eq 4096 ]
	[ "$(sum json 'paged pool' swapped)" = "$(out vm | jq .paged_swapped)" ]
}

@test "what is written and trimmed is in swap or in transition" {
	[ "$(sum json 'paged pool' swapped)" -eq $((256 * 1024)) ]
	[ "$(sum json 'paged pool' transition)" -eq $((64 * 1024)) ]
	[ "$(sum json 'paged pool' resident)" -ge $((64 * 1024)) ]
	# What was never touched is none of these.
	[ "$(sum json 'paged pool' size)" -ge $(((256 + 128 + 1024) * 1024)) ]
}

@test "map has NT's words for types, states and protections" {
	holds json '.system.regions | map(select(.usage == "paged pool")) | all(.type == "MEM_PRIVATE" and .state == "MEM_COMMIT" and .protect == "PAGE_READWRITE")'
	holds json '.system.regions | map(select(.usage == "paged pool, free")) | all(.state == "MEM_RESERVE" and .protect == null)'
	holds json '.system.regions | map(select(.usage == "kernel image")) | all(.type == "MEM_IMAGE") and (map(.protect) | index("PAGE_EXECUTE_READ") and index("PAGE_READONLY") and index("PAGE_READWRITE"))'
	holds json '.system.regions | map(select(.usage == "device memory")) | length > 0 and all(.type == "MEM_MAPPED" and .resident == 0 and (.detail | startswith("physical 0x")))'
	holds json '.system.regions | map(select(.usage == "direct map")) | all(.resident == .size)'
	# Newer kernels keep the code of all modules together.
	holds json '[.system.regions[] | select((.detail == "ntpool" or .detail == "several") and .usage == "modules") | .protect] | index("PAGE_EXECUTE_READ")'
}

@test "map tells large blocks of nonpaged pool by their tag, and counts small ones" {
	holds json '.system.regions | map(select(.usage == "nonpaged pool" and .detail == "tag Nonp, by ntpool")) | length == 1 and .[0].size == 1048576 and .[0].resident == .[0].size'
	holds json '.system.nonpaged_in_direct_map >= 100'
}

@test "map's special pool is one region with the pages of its blocks" {
	holds json '.system.regions | map(select(.usage == "special pool")) | length == 1 and .[0].size == 67108864 and .[0].state == "MEM_COMMIT"'
}

@test "map --summary has sums by usage, type, state and protection" {
	status summary 0
	for title in Usage Type State Protect; do
		says summary "^  $title +RgnCount +Total Size +Resident +Transition +In swap$"
	done
	says summary '^  paged pool +[0-9]+ .* 256 KiB$'
	says summary '^  MEM_FREE +[0-9]+ +12[0-9.]+ TiB '
	says summary '^  Of the direct map [0-9.]+ (bytes|KiB) are blocks of nonpaged pool\.$'
	holds summary_json '.system.regions == null and .user == null'
	holds summary_json '[.system.summary.usage[].size] | add > 0'
	# All four are sums of the same, but for what is free.
	holds summary_json '.system.summary | [.usage, .type, (.state | map(select(.state != "MEM_FREE"))), .protect] | map(map(.size) | add) | unique | length == 1'
	holds summary_json '.system.summary.state | map(.size) | add == 140737488355328'
}

@test "map --pid has the process's areas, as Linux has them" {
	status pid 0
	says pid "^User space of process $(cat "$BATS_FILE_TMPDIR/holder") \(ntpool\)$"
	says pid '^System space$'
	holds pid_json ".user.pid == $(cat "$BATS_FILE_TMPDIR/holder") and .user.comm == \"ntpool\""
	[ "$(out pid_json | jq -r '.user.regions[].base')" = "$(sed -n '/vsyscall/!s/^0*\([0-9a-f]*\)-.*/0x\1/p' "$BATS_FILE_TMPDIR/maps")" ]
	holds pid_json '[.user.regions[] | select(.detail == "/usr/local/bin/ntpool")] | length >= 3 and all(.type == "MEM_IMAGE" and .usage == "Image")'
	holds pid_json '[.user.regions[] | select(.detail == "/usr/local/bin/ntpool") | .protect] | index("PAGE_EXECUTE_READ") and index("PAGE_READONLY")'
	holds pid_json '[.user.regions[] | select(.usage == "Stack")] | length == 1 and .[0].protect == "PAGE_READWRITE" and .[0].resident > 0'
	holds pid_json '[.user.regions[] | select(.usage == "Heap")] | length >= 1 and .[0].type == "MEM_PRIVATE"'
	says pid_summary '^  Image +[0-9]+ '
	says pid_summary '^  MEM_FREE +[0-9]+ +12[0-9.]+ TiB '
}

@test "the picture is an SVG and a PNG, with both spaces and the pages" {
	status pid_json 0
	python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$BATS_FILE_TMPDIR/map.svg"
	[ "$(head -c 8 "$BATS_FILE_TMPDIR/map.png" | od -An -tx1 | tr -d ' ')" = 89504e470d0a1a0a ]
	# Cells that are resident, in transition and in swap, each in its colour.
	for colour in '18%, ?60%, ?34%' '95%, ?74%, ?20%' '36%, ?33%, ?72%'; do
		grep -Eq "rgb\($colour\)" "$BATS_FILE_TMPDIR/map.svg"
	done
}

@test "map of what is not there, or has no user space, says so" {
	status kernel 1
	complains kernel "ntpool: process 2 has no user space: see 'ps' for those that have"
	status nobody 1
	complains nobody "ntpool: the map of process 77777 cannot be read: there is no such process, see 'ps' for those there are"
	status bad_name 1
	complains bad_name "ntpool: /share/map.gif: a picture's name ends in .svg or .png"
}

@test "map is for root alone" {
	for name in denied denied_own; do
		status $name 1
		silent $name
		complains $name 'ntpool: the map of system space is for root alone: run as root'
	done
}
