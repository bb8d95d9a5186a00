#!/usr/bin/env bats
# tags, find, block, pte and vm, as a user runs them, and the tag files.

setup_file() {
	load common
	play <<-'PLAY'
		hold
		echo 'alloc a paged 100K Abcd' >&3
		echo 'alloc b nonpaged 1000 Efg' >&3
		echo 'alloc c paged 100 Abxy' >&3
		echo 'alloc d nonpaged 100 Abxy' >&3
		echo 'alloc e paged 10 Gone' >&3
		echo 'free e' >&3
		await '^e: freed'
		echo $holder >/share/holder
		mkdir /tmp/empty && cd /tmp/empty
		t tags ntpool tags
		t verbose ntpool tags -v
		t nonpaged ntpool tags -n
		t paged ntpool tags --paged
		t one ntpool tags Abcd
		t wild ntpool tags 'Ab*'
		t question ntpool tags '?f?'
		t padded ntpool tags 'Efg '
		t none ntpool tags 'abcd'
		t json ntpool tags --json
		t csv ntpool tags --csv 'Ab*'
		t module ntpool tags --by module Abcd
		t module_json ntpool tags --by module --json
		t session ntpool tags --by session Abxy
		t session_json ntpool tags --by session --json
		t others su nobody -s /bin/sh -c 'ntpool tags --by session --json'

		mkdir -p /tmp/named /tmp/here /tmp/xdg/ntpool /root/.local/share/ntpool
		echo 'Abcd - named.ko - from the named one' >/tmp/named.txt
		printf '%s\n' 'rem Abcd - comment.ko - a comment' '// Abcd - comment.ko - a comment' \
			'Ab?? - wild.ko - a pattern' 'Abcd - here.ko - from "here", spelled out' \
			'Efg  - only.ko' >/tmp/here/localtag.txt
		printf '%s\n' 'Abcd - second.ko - comes too late' 'IoSB - nearer.ko - before the installed one' >/tmp/here/pooltag.txt
		echo 'Abcd - xdg.ko - from XDG' >/tmp/xdg/ntpool/pooltag.txt
		echo 'Abcd - home.ko - from home' >/root/.local/share/ntpool/pooltag.txt
		t named ntpool tags --tagfile /tmp/named.txt
		cd /tmp/here
		t here ntpool tags
		t here_csv ntpool tags --csv Abcd
		cd /tmp/empty
		XDG_DATA_HOME=/tmp/xdg t xdg ntpool tags
		t home ntpool tags
		rm /root/.local/share/ntpool/pooltag.txt
		printf 'Abcd - \033[2Jred.ko - M\374ller \302\233 \303\244\n' >/tmp/rude.txt
		t rude_file ntpool tags --tagfile /tmp/rude.txt Abcd
		# An escape sequence, a byte that is no UTF-8, and a character that is cut in the middle.
		rude=$(printf '/tmp/\033[31m\374abcdefgh\303\244')
		cp "$(command -v ntpool)" "$rude"
		mkfifo /tmp/more
		"$rude" script /tmp/more >/tmp/more.said 2>&1 &
		exec 4>/tmp/more
		printf '%s\n' 'alloc g paged 10 Rude' 'free g Wron' >&4
		until grep -q 'bug check' /tmp/more.said; do sleep 0.1; done
		t rude ntpool tags --by session Rude
		t rude_json ntpool tags --by session --json Rude
		t rude_csv ntpool tags --by session --csv Rude
		t rude_bugchecks ntpool bugchecks
		t rude_bugchecks_json ntpool bugchecks --json
		exec 4>&-
		echo 'alloc f paged 10 Tale' >&3
		await ^f:
		t installed ntpool tags

		t find ntpool find Abcd
		t find_wild ntpool find 'Ab*'
		t find_paged ntpool find --paged Abxy
		t find_nonpaged ntpool find -n Abxy
		t find_number ntpool find 0x64636241
		t find_json ntpool find --json Abxy
		t find_csv ntpool find --csv Abcd
		t find_none ntpool find Nope
		t find_module ntpool find --module ntpool Abcd
		t find_stranger ntpool find --module stranger Abcd
		t find_denied su nobody -s /bin/sh -c 'ntpool find Abcd'

		address() { ntpool find $1 --csv $2 | sed -n 's/^0x\([0-9a-f]*\),.*/\1/p'; }
		small=$(address --paged Abxy) large=$(address --paged Abcd)
		echo "$small $large" >/share/addresses
		t block ntpool block $small
		t block_only ntpool block -o $small
		t block_json ntpool block --json 0x$small
		t block_grouped ntpool block -o "$(echo $small | sed 's/\(........\)$/`\1/')"
		t block_large ntpool block $large
		t block_large_json ntpool block --json $large
		t block_none ntpool block 1000
		t block_none_json ntpool block --json 1000
		# Before the first block of a page of nonpaged pool is its header, in no slot.
		head=$(address -n Abxy | sed 's/...$/000/')
		echo $head >/share/head
		t head ntpool block $head
		t head_only ntpool block -o $head
		t head_json ntpool block -o --json $head
		t block_denied su nobody -s /bin/sh -c "ntpool block $small"

		echo 'trim c out' >&3
		await '^c:.*trimmed'
		nonpaged=$(address -n Efg)
		t pte ntpool pte $nonpaged
		t pte_json ntpool pte --json 0x$nonpaged
		t pte_out ntpool pte $small
		t pte_hole ntpool pte 8000000000000000
		t pte_denied su nobody -s /bin/sh -c "ntpool pte $small"

		# The address where the holder's program lies is another in each process.
		text=$(sed -n '1s/-.*//p' /proc/$holder/maps)
		t pte_pid ntpool pte --pid $holder $text
		t pte_pid_json ntpool pte --pid $holder --json $text
		t pte_pid_nothing ntpool pte --pid $holder 0
		t pte_pid_system ntpool pte --pid $holder $small
		t pte_pid_kernel ntpool pte --pid 2 $text
		t pte_pid_denied su nobody -s /bin/sh -c "ntpool pte --pid $holder $text"

		t vm ntpool vm
		t vm_json ntpool vm --json
		echo 'alloc z paged 64G Huge' >&3
		await STATUS_INSUFFICIENT_RESOURCES
		t vm_failed ntpool vm
		swapoff -a
		t vm_noswap ntpool vm
		exec 3>&-
		wait
	PLAY
}

setup() {
	load common
}

@test "tags shows the tags in use with what they have in each pool" {
	status tags 0
	says tags '^   Sorting by Tag$'
	says tags '^ Tag +Allocs +Used +Allocs +Used$'
	says tags '^ Abcd +0 +0 +1 +102400$'
	says tags '^ Abxy +1 +100 +1 +100$'
	says tags '^ Efg +1 +1000 +0 +0$'
	says tags '^ TOTAL +[0-9]+ +[0-9]+ +[0-9]+ +[0-9]+$'
	hides tags Gone
}

@test "tags -v shows all tags ever used with allocations and frees" {
	says verbose '^ Gone +0 +0 +0 +0 +1 +1 +0 +0$'
	says verbose '^ Abcd +0 +0 +0 +0 +1 +0 +1 +102400$'
}

@test "titles end where their numbers end" {
	for name in tags verbose; do
		out $name | awk '
			/^ Tag / { titles = $0 }
			/^ TOTAL / { numbers = $0 }
			function ends(text, found, at) {
				for (at = 7; at <= length(text); at++)
					if (substr(text, at, 1) != " " && substr(text, at + 1, 1) ~ /^ ?$/)
						found = found " " at
				return found
			}
			END { exit !(ends(titles) == ends(numbers) && ends(titles) ~ / .+ .+ .+ /) }'
	done
}

@test "tags is sorted by tag, or by what is used of a pool" {
	[ "$(out tags | grep -oE '^ (Abcd|Abxy|Efg)' | tr -d ' \n')" = AbcdAbxyEfg ]
	[ "$(out nonpaged | grep -oE '^ (Abcd|Abxy|Efg)' | tr -d ' \n')" = EfgAbxyAbcd ]
	[ "$(out paged | grep -oE '^ (Abcd|Abxy|Efg)' | tr -d ' \n')" = AbcdAbxyEfg ]
	says nonpaged 'Sorting by NonPaged Pool Consumed'
	says paged 'Sorting by Paged Pool Consumed'
}

@test "tags shows the tags that a pattern means, and their total" {
	says one '^ TOTAL +0 +0 +1 +102400$'
	hides one Abxy
	says wild '^ TOTAL +1 +100 +2 +102500$'
	hides wild Efg
	says question '^ Efg '
	hides question Abcd
	says padded '^ Efg '
	says none '^ TOTAL +0 +0 +0 +0$'
}

@test "tags --json has every tag with allocations, frees and bytes" {
	holds json 'map(select(.tag == "Abcd" and .paged_bytes == 102400 and .paged_allocs == 1)) | length == 1'
	holds json 'map(select(.tag == "Efg" and .nonpaged_bytes == 1000)) | length == 1'
	holds json 'map(select(.tag == "Gone" and .paged_frees == 1 and .paged_bytes == 0)) | length == 1'
	holds json 'all(has("binary") and has("description"))'
	holds json 'map(select(.tag == "Abcd")) | .[0].tag_number == "0x64636241"'
}

@test "tags --csv begins with titles" {
	[ "$(out csv | head -n 1)" = tag,tag_number,paged_allocs,paged_frees,paged_bytes,nonpaged_allocs,nonpaged_frees,nonpaged_bytes,binary,description ]
	[ "$(out csv | sed -n 2p)" = Abcd,0x64636241,1,0,102400,0,0,0,, ]
	[ "$(out csv | wc -l)" -eq 3 ]
}

@test "tags --by module names the module that allocated" {
	says module '^ Abcd .* 102400 +ntpool$'
	holds module_json 'map(select(.tag == "Abcd" and .module == "ntpool" and .paged_bytes == 102400)) | length == 1'
}

@test "tags --by session names the program that allocated" {
	says session "^ Abxy .* session [0-9]+: ntpool\[$(cat "$BATS_FILE_TMPDIR/holder")\]$"
	holds session_json "map(select(.tag == \"Abcd\" and .comm == \"ntpool\" and .pid == $(cat "$BATS_FILE_TMPDIR/holder"))) | length == 1"
}

@test "tags --by session shows a stranger nothing of others" {
	status others 0
	holds others '. == []'
	complains others 'ntpool: what other sessions use is for root alone: run as root'
}

@test "a tag file that is named is the only one" {
	says named '^ Abcd .*  from the named one , Binary: named.ko$'
}

@test "the files in the working directory come first, the line that spells a tag out before a pattern" {
	says here '^ Abcd .*  from "here", spelled out , Binary: here.ko$'
	says here '^ Abxy .*  a pattern , Binary: wild.ko$'
	says here '^ Efg .* , Binary: only.ko$'
}

@test "CSV quotes what has a comma or a quotation mark" {
	[ "$(out here_csv | sed -n 2p)" = 'Abcd,0x64636241,1,0,102400,0,0,0,here.ko,"from ""here"", spelled out"' ]
}

@test "the user's own tag file is read, and that which is installed" {
	says xdg '^ Abcd .*  from XDG , Binary: xdg.ko$'
	says home '^ Abcd .*  from home , Binary: home.ko$'
	says installed '^ Tale .*  blocks of the story , Binary: ntpool$'
}

@test "names of others that are no text do nothing to a terminal" {
	says rude_file '^ Abcd .*  M\?ller \?\? ä , Binary: \?\[2Jred.ko$'
	says rude ': \?\[31m\?abcdefgh\?\[[0-9]+\]$'
	says rude_bugchecks '  \?\[31m\?abcdefgh\?\[[0-9]+\]$'
}

@test "JSON and CSV are UTF-8, whatever a process is called" {
	for name in rude_json rude_bugchecks_json rude_csv; do
		out $name | iconv -f UTF-8 >/dev/null
	done
	holds rude_json '.[0].comm == "?[31m?abcdefgh?"'
	holds rude_bugchecks_json '.comm == "?[31m?abcdefgh?"'
}

@test "find shows every block of a tag" {
	status find 0
	says find '^Searching both pools for tag: Abcd$'
	says find "^ [0-9a-f]{8}'[0-9a-f]{8} size:  19000  \(Allocated\)  Abcd  Paged  102400 bytes, by ntpool$"
	says find '^ 1 blocks with 102400 bytes$'
	says find_wild '^ 3 blocks with 102600 bytes$'
	says find_number '^ 1 blocks with 102400 bytes$'
	says find_none '^ 0 blocks with 0 bytes$'
}

@test "find searches one pool, or what one module allocated" {
	says find_paged '^Searching paged pool for tag: Abxy$'
	says find_paged ' Abxy  Paged  100 bytes'
	says find_paged '^ 1 blocks'
	says find_nonpaged ' Abxy  Nonp   100 bytes'
	says find_nonpaged '^ 1 blocks'
	says find_module '^ 1 blocks'
	says find_stranger '^ 0 blocks'
}

@test "find --json and --csv" {
	holds find_json 'length == 2 and all(.tag == "Abxy" and .size == 100 and .slot >= 100 and .module == "ntpool")'
	holds find_json 'map(.pool) | sort == ["nonpaged", "paged"]'
	[ "$(out find_csv | head -n 1)" = address,pool,tag,size,slot,flags,module,owner ]
	out find_csv | grep -Eq '^0x[0-9a-f]{16},paged,Abcd,102400,102400,0x100,ntpool,$'
}

@test "find and block are for root alone" {
	for name in find_denied block_denied; do
		status $name 1
		complains $name 'ntpool: the addresses of blocks are for root alone: run as root'
	done
}

# star NAME: the address on the line with the star
star() {
	out "$1" | sed -n "s/^\*\([0-9a-f]*\)'\([0-9a-f]*\) .*/\1\2/p"
}

@test "block marks the one asked for among the slots of its page" {
	read -r small large <"$BATS_FILE_TMPDIR/addresses"
	status block 0
	says block "^Pool page [0-9a-f']+ region is Paged pool$"
	says block "^\*[0-9a-f']+ size: +[0-9a-f]+ previous size: +[0-9a-f]+  \(Allocated\) \*Abxy$"
	says block '^		Pooltag Abxy : in no tag file$'
	says block '^		100 bytes, allocated by ntpool$'
	[ "$(star block)" = "$small" ]
	[ "$(out block | grep -c '^\*')" -eq 1 ]
	[ "$(out block | grep -c '^ .*size: ')" -gt 0 ]
}

@test "block -o shows that one alone" {
	read -r small large <"$BATS_FILE_TMPDIR/addresses"
	[ "$(star block_only)" = "$small" ]
	[ "$(out block_only | grep -c 'size: ')" -eq 1 ]
	[ "$(star block_grouped)" = "$small" ]
}

@test "block --json has the block and the slots" {
	read -r small large <"$BATS_FILE_TMPDIR/addresses"
	holds block_json ".block.address == \"0x$small\" and .block.size == 100 and .block.pool == \"paged\""
	holds block_json '[.slots[] | select(.asked_for)] | length == 1 and .[0].requested == 100 and .[0].allocated'
	holds block_json '.slots | length > 1 and .[0].previous_size == 0'
}

@test "block shows a large block alone" {
	read -r small large <"$BATS_FILE_TMPDIR/addresses"
	says block_large '^\*.* : large page allocation, tag is Abcd, size is 0x19000 bytes$'
	[ "$(star block_large)" = "$large" ]
	holds block_large_json '.slots == [] and .block.size == 102400'
}

@test "block where nothing is says so" {
	status block_none 1
	complains block_none "ntpool: 00000000'00001000 lies in no block and in no page of either pool"
	status block_none_json 1
	complains block_none_json "ntpool: 00000000'00001000 lies in no block and in no page of either pool"
	holds block_none_json '.block == null and .slots == []'
}

@test "block -o where there is no slot says so" {
	head=$(cat "$BATS_FILE_TMPDIR/head")
	status head 0
	[ "$(star head)" = '' ]
	says head ' size: '
	for name in head_only head_json; do
		status $name 1
		complains $name "ntpool: ${head:0:8}'${head:8} lies in no slot of its page"
	done
	silent head_only
	holds head_json '.block == null and .slots == []'
}

@test "vm shows memory, page file, pools and commitment in pages and kilobytes" {
	status vm 0
	for label in 'Physical Memory' 'Available Pages' 'NonPagedPool Usage' 'NonPagedPool Max' 'PagedPool Usage' 'PagedPool Maximum' 'Committed pages' 'Commit limit'; do
		says vm "^ +$label: +[0-9]+ \( +[1-9][0-9]* Kb\)$"
	done
	says vm '^ +Page File: /dev/vda$'
	says vm '^ +Current: +[1-9][0-9]* Kb  Free Space: +[1-9][0-9]* Kb$'
	says vm '^ +Minimum: +[1-9][0-9]* Kb  Maximum: +[1-9][0-9]* Kb$'
	says vm_noswap '^ +Page File: none$'
}

@test "vm tells of allocations that failed" {
	hides vm 'have failed'
	says vm_failed '^  1 pool allocations have failed; at its limit nonpaged pool was 0 times, paged pool [0-9]+ times$'
}

@test "vm --json is in bytes" {
	holds vm_json '.paged_requested == 102510 and .nonpaged_requested == 1100'
	holds vm_json '.paged_usage > .paged_requested and .nonpaged_usage > .nonpaged_requested'
	holds vm_json '.page_files[0].path == "/dev/vda" and .page_files[0].current == .page_files[0].maximum'
	holds vm_json '.paged_max > .paged_usage and .nonpaged_max > .nonpaged_usage'
	holds vm_json '.physical > .available and .commit_limit > 0'
}

@test "pte shows each level's entry, and the page that the last one leads to" {
	status pte 0
	says pte "^ffff[0-9a-f]{4}'[0-9a-f]{8}: nonpaged pool, a page of (4|2048|1048576) KiB in frame 0x[0-9a-f]+$"
	says pte '^  Level +Index +Entry +Bits +Leads to$'
	says pte '^  PML4 +[0-9]+ +0x[0-9a-f]+ +---[-D]A--[UK]WEV +table in frame 0x[0-9a-f]+$'
	says pte '^  P(DPT|D|T) +[0-9]+ +0x[0-9a-f]+ +-[-G][-L]DA--KW-V +the page, frame 0x[0-9a-f]+$'
	holds pte_json '.kind == "nonpaged pool" and .levels >= 4 and .page_shift >= 12 and (.frame | test("^0x[0-9a-f]+$"))'
	holds pte_json '.entries | length >= 2 and .[0].level == "PML4" and all(.bits | length == 11 and endswith("V"))'
}

@test "pte ends where an entry is not valid, and brings no page in" {
	status pte_out 0
	says pte_out "^ffff[0-9a-f]{4}'[0-9a-f]{8}: paged pool$"
	says pte_out '^  PT +[0-9]+ +0x0 +-------KRE- +nothing: not valid$'
	hides pte_out 'the page, frame'
	status pte_hole 0
	says pte_hole "^80000000'00000000: non-canonical$"
}

@test "pte --pid walks the address of another process" {
	status pte_pid 0
	says pte_pid "^[0-9a-f]{8}'[0-9a-f]{8}: user, a page of 4 KiB in frame 0x[0-9a-f]+$"
	says pte_pid '^  PT +[0-9]+ +0x[0-9a-f]+ +---[-D][-A]--U[RW][-E]V +the page, frame 0x[0-9a-f]+$'
	holds pte_pid_json '.kind == "user" and (.entries | length) == .levels'
	says pte_pid_nothing "^00000000'00000000: user$"
}

@test "pte --pid of what no process has says so" {
	status pte_pid_system 1
	err pte_pid_system | grep -Eqx "ntpool: [0-9a-f']+ is no address of user space, and all others are the same in each process: leave --pid out"
	status pte_pid_kernel 1
	complains pte_pid_kernel "ntpool: process 2 is not there, or has no user space: see 'ps' for those that have"
	status pte_pid_denied 1
	complains pte_pid_denied 'ntpool: what other processes have in memory is for root alone: run as root'
}

@test "pte of system space is for root alone" {
	status pte_denied 1
	complains pte_denied 'ntpool: addresses of system space are for root alone: run as root'
}
