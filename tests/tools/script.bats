#!/usr/bin/env bats
# script: its grammar, its answers, and its errors.

# one NAME LINES: the lines as a script, which the tests find again under that name
one() {
	printf '%b' "$2" >"$BATS_FILE_TMPDIR/$1.nt"
	echo "t $1 ntpool script ${3-} $1.nt"
}

as_nobody() {
	printf '%b' "$2" >"$BATS_FILE_TMPDIR/$1.nt"
	echo "t $1 su nobody -s /bin/sh -c 'ntpool script $1.nt'"
}

setup_file() {
	load common
	{
		# First: how many neighbours Linux reads along depends on what was read before.
		one cached 'alloc a paged 64K Demo\nfill a 1\ntrim a out\ntouch a 28K passive read\npages a\n' --json
		one good 'alloc a paged 64K Demo\n\n  # a comment\nfill a 7   # another\ntrim a out\ntouch a 0 passive read\nverify a\nverify a 7\nfree a Demo\n'
		one sizes 'alloc a paged 0x1000 T\nalloc b nonpaged 1k T\nalloc c paged 2M T\nlist\n'
		one write 'alloc a paged 100 T\nwrite a 0 "two words" x*3 0x0aff*2 "q\\"\\\\\\x41\\n"*2\nread a 0 40\n'
		one answers 'alloc a paged 64K Demo\nfill a 1\nquery a\npages a\ntrim a 0 16K out\nquery a\ntouch a 0 dispatch read\ntouch a 0 passive read\nwalk a\nsplit\nbugchecks\nfree a Wron\nlist\nfree a\n' --json
		one refused 'alloc a paged 4K Demo\ntouch a 0 dispatch read\nfree a Wron\nfree a Demo\n'
		one strict 'alloc a paged 4K Demo\ntouch a 0 dispatch read\nfree a\n' --strict
		one differs 'alloc a paged 8K T\nfill a 1\nwrite a 5000 0x00*8\nverify a\n'
		one going 'bogus\nalloc a paged 4K T\nquery b\nfree a\n' -k
		one stops 'alloc a paged 4K T\nbogus\nfree a\n'
		one quit 'alloc a paged 4K T\nquit\nbogus\n'
		one unknown 'frobnicate\n'
		one few 'alloc a paged 4K\n'
		one many 'query a b\n'
		one pool 'alloc a pooled 4K T\n'
		one size 'alloc a paged 4Q T\n'
		one negative 'alloc a paged -1 T\n'
		one huge 'alloc a paged 99999999999999999999 T\n'
		one wraps 'alloc a paged 17179869184G T\n'
		one zero 'alloc a paged 0 T\n'
		one tag 'alloc a paged 4K Toolong\n'
		one number 'alloc 12 paged 4K T\n'
		one all 'alloc all paged 4K T\n'
		one twice 'alloc a paged 4K T\nalloc a paged 4K T\n'
		one noblock 'read a 0 1\n'
		one beyond 'alloc a paged 100 T\nread a 90 20\n'
		one quote 'alloc a paged 4K "T\n'
		one escape 'alloc a paged 4K T\nwrite a 0 "\\q"\n'
		one hex 'alloc a paged 4K T\nwrite a 0 0x123\n'
		one times 'alloc a paged 4K T\nwrite a 0 x*y\n'
		one level 'alloc a paged 4K T\ntouch a 0 device read\n'
		one value 'alloc a paged 4K T\ntouch a 0 passive write 256\n'
		one readvalue 'alloc a paged 4K T\ntouch a 0 passive read 1\n'
		one unfilled 'alloc a paged 4K T\nverify a\n'
		one trimall 'trim all 0 4K\n'
		one nonpaged 'alloc a nonpaged 4K T\ntrim a\n'
		one readnothing 'alloc a paged 100 T\nread a 0 0\n'
		one writebeyond 'alloc a nonpaged 1 T\nwrite a 1 x\n'
		one wrapped 'alloc a paged 100 T\nread a 0xffffffffffffffff 2\n'
		one trimbeyond 'alloc a paged 8K T\ntrim a 4K 8K out\n'
		one trimoffset 'alloc a paged 8K T\ntrim a 8K 0\n'
		one trimrest 'alloc a paged 8K T\nfill a 1\ntrim a 4K 0\n'
		one walkbeyond 'alloc a paged 100 T\nwalk a 100\n'
		one user3g 'split x86 3073\n'
		one x64size 'split x64 2048\n'
		one noroom 'alloc a paged 300M T\nsplit x86 3072\n'
		one columns 'alloc gr\xc3\xbcn paged 4K T\nalloc abcd paged 4K T\nlist\n'
		one help 'help\nhelp trim\n' --json
		echo 'chmod 666 /dev/ntpool'
		as_nobody trimsystem 'trim all\n'
		as_nobody walksystem 'walk 0xffff800000000000\n'
		echo 't missing ntpool script nofile.nt'
		echo 'echo "alloc a paged 4K T" | t piped ntpool script'
		echo 'printf "bogus" | t pipebad ntpool script -'
		echo 't empty ntpool script /dev/null'
		echo 't directory ntpool script /tmp'
	} | play
}

setup() {
	load common
}

# fails NAME LINE TEXT: status 1, and one line that names the file and the line
fails() {
	status "$1" 1
	complains "$1" "$1.nt:$2: $3"
}

@test "a script allocates, fills, pages out, verifies and frees" {
	status good 0
	says good "^a: 64 KiB paged pool, tag 'Demo', at ffff"
	says good '^a: 16 pages trimmed, 16 written to swap$'
	says good '^a: read at 0 at PASSIVE_LEVEL: 0x[0-9a-f]{2}, fault: hard$'
	says good '^a: 64 KiB as filled from seed 7, word for word$'
	says good '^a: freed$'
}

@test "sizes are decimal or hexadecimal, with K, M and G" {
	status sizes 0
	says sizes '^a +4 KiB +T '
	says sizes '^b +1 KiB +T '
	says sizes '^c +2 MiB +T '
}

@test "columns line up whatever characters are in them" {
	status columns 0
	says columns '^grün   4 KiB  T '
	says columns '^abcd   4 KiB  T '
}

@test "write takes text, quoted text, bytes and repetitions" {
	status write 0
	says write '^a: wrote 26 bytes at 0$'
	says write '^00000000  ?74 77 6f 20 77 6f 72 64  73 78 78 78 0a ff 0a ff  two wordsxxx'
	says write '^00000010  ?71 22 5c 41 0a 71 22 5c  41 0a 00'
}

@test "--json answers one object a line" {
	status answers 0
	out answers | jq -se 'length == 14' >/dev/null
	out answers | jq -se 'map(.command) | .[0] == "alloc" and .[13] == "free"' >/dev/null
	out answers | jq -se '.[2].resident == 16 and .[5].swapped == 4 and .[5].resident == 12' >/dev/null
	out answers | jq -se '.[3].pages | length == 16' >/dev/null
	out answers | jq -se '.[6].status == "STATUS_ACCESS_VIOLATION" and .[6].bugcheck.code == "0xd1"' >/dev/null
	out answers | jq -se '.[6] | .irql == "DISPATCH_LEVEL" and .bugcheck.irql == "DISPATCH_LEVEL"' >/dev/null
	out answers | jq -se '.[7].fault == "hard" and .[7].status == "STATUS_SUCCESS"' >/dev/null
	out answers | jq -se '.[8].kind == "paged pool" and (.[8].entries | length >= 4)' >/dev/null
	out answers | jq -se '.[10].bugchecks | length == 1' >/dev/null
	out answers | jq -se '.[11].bugcheck.name == "BAD_POOL_CALLER" and (.[12].blocks | length == 1)' >/dev/null
}

@test "pages tells which of those in swap need not be read from there" {
	status cached 0
	out cached | jq -se '.[4].pages | .[7].flags == "ad" and any(.state == "swapped" and (.flags | contains("c")))' >/dev/null
}

@test "what NT refuses is an answer, with its bug check" {
	status refused 0
	says refused '^  refused: STATUS_ACCESS_VIOLATION \(0xc0000005\)$'
	says refused '^  bug check [0-9]+: 0xD1 DRIVER_IRQL_NOT_LESS_OR_EQUAL \(0xffff[0-9a-f]{12}, 0x2, 0x0, 0xffff[0-9a-f]{12}\)$'
	says refused '^  bug check [0-9]+: 0xC2 BAD_POOL_CALLER \(0xa, 0xffff[0-9a-f]{12}, 0x6f6d6544, 0x6e6f7257\)$'
	says refused '^a: freed$'
}

@test "with --strict what NT refuses stops the script" {
	fails strict 2 'STATUS_ACCESS_VIOLATION (0xc0000005)'
	hides strict freed
}

@test "verify finds the byte that differs" {
	fails differs 4 "'a' differs from the pattern at offset 5000"
}

@test "with -k a script goes on and still fails" {
	status going 1
	[ "$(err going)" = "$(printf "%s\n" "going.nt:1: there is no command 'bogus'; see 'help'" "going.nt:3: there is no block 'b'")" ]
	says going '^a: freed$'
}

@test "a script stops at its first mistake" {
	fails stops 2 "there is no command 'bogus'; see 'help'"
	hides stops freed
}

@test "quit ends a script" {
	status quit 0
}

@test "commands and the number of their arguments are checked" {
	fails unknown 1 "there is no command 'frobnicate'; see 'help'"
	fails few 1 'usage: alloc NAME paged|nonpaged SIZE TAG [FLAG...]'
	fails many 1 'usage: query NAME'
}

@test "pools, sizes, tags and names are checked" {
	fails pool 1 "'pooled' is none of paged or nonpaged"
	fails size 1 "'4Q' is no size: a number, perhaps with K, M or G behind it"
	fails negative 1 "'-1' is no size: a number, perhaps with K, M or G behind it"
	fails huge 1 "'99999999999999999999' is no size: a number, perhaps with K, M or G behind it"
	fails wraps 1 "'17179869184G' is no size: a number, perhaps with K, M or G behind it"
	fails zero 1 'a block has at least 1 byte'
	fails tag 1 "'Toolong' is no tag: one to four characters"
	fails number 1 "'12' cannot be a block's name"
	fails all 1 "'all' cannot be a block's name"
	fails twice 2 "there is a block 'a' already"
}

@test "blocks and their ranges are checked" {
	fails noblock 1 "there is no block 'a'"
	fails beyond 2 "'a' has 100 bytes; 90 + 20 is beyond its end"
	fails wrapped 2 "'a' has 100 bytes; 18446744073709551615 + 2 is beyond its end"
	fails writebeyond 2 "'a' has 1 byte; 1 + 1 is beyond its end"
	fails walkbeyond 2 "'a' has 100 bytes; 100 + 1 is beyond its end"
	fails readnothing 2 'a length is at least 1 byte'
	fails unfilled 2 "'a' was not filled: give the seed"
	fails trimall 1 "usage: trim NAME|all [OFFSET LENGTH] [out]; 'all' has no offset"
	fails nonpaged 2 "'a' is nonpaged and cannot be trimmed"
	fails trimbeyond 2 "'a' has 8192 bytes; 4096 + 8192 is beyond its end"
	fails trimoffset 2 "'a' has 8192 bytes; 8192 + 1 is beyond its end"
	status trimrest 0
	says trimrest '^a: 1 pages trimmed, 0 written to swap$'
}

@test "layouts are checked, and whether the blocks there are fit into one" {
	fails user3g 1 "'3073' is no number from 2048 to 3072"
	fails x64size 1 'user space can be enlarged in x86 only'
	fails noroom 2 'the session has allocated more than this layout has room for'
}

@test "what is for root alone is told as such" {
	fails trimsystem 1 'to trim all is for root alone'
	fails walksystem 1 'addresses of system space are for root alone'
}

@test "help --json lists the commands, or one" {
	status help 0
	out help | jq -se '.[0].commands | length > 15 and all(has("name") and has("arguments") and has("summary"))'
	out help | jq -se '.[1].commands | length == 1 and .[0].name == "trim"'
}

@test "in JSON what there is none of is null" {
	out answers | jq -se '.[3].pages[0] | (.frame | startswith("0x")) and .slot == null'
	out cached | jq -se '.[4].pages | map(select(.state == "swapped")) | length > 0 and all(.frame == null and .slot > 0)'
}

@test "quotes, escapes, bytes and repetitions are checked" {
	fails quote 1 'a quoted word is not closed'
	fails escape 2 'a backslash is followed by none of n t 0 \ " xHH'
	fails hex 2 "'0x123' is no row of bytes: two hex digits each"
	fails times 2 "'*y' is no repetition: * and a number"
}

@test "levels and values of a touch are checked" {
	fails level 2 "'device' is none of passive, apc or dispatch"
	fails value 2 "'256' is more than a byte"
	fails readvalue 2 'a read has no value'
}

@test "a script comes from a pipe as well" {
	status piped 0
	says piped '^a: 4 KiB paged pool'
	status pipebad 1
	complains pipebad "stdin:1: there is no command 'bogus'; see 'help'"
}

@test "a file that is not there or cannot be read is an error, an empty one is not" {
	status missing 1
	complains missing 'ntpool: cannot open nofile.nt: No such file or directory'
	status directory 1
	complains directory 'ntpool: cannot read /tmp: Is a directory'
	status empty 0
	silent empty
}
