#!/usr/bin/env bats
# The monitor on a terminal: keys are pressed, and the screen is read.

setup_file() {
	load common
	load terminal
	: >"$BATS_FILE_TMPDIR/lines"
	start_machine <<-'GUEST'
		tail -n +1 -f /share/lines | ntpool script >/share/script.out &
		cd /tmp
		printf 'Abcd - our.ko - Bl\303\266cke f\303\274r alle' >utf8.txt
		PS1='ready> ' exec sh
	GUEST
	do_in_session 'alloc a paged 100K Abcd' 'alloc b nonpaged 1000 Efg' 'alloc c paged 100 Abxy' \
		'alloc d nonpaged 100 Abxy' 'alloc e nonpaged 300 Abxy' 'alloc f paged 10 Gone' 'free f'
	type_line 'ntpool monitor --interval 3'
	sees '^ Gone Paged '
}

teardown_file() {
	load common
	load terminal
	server kill-server 2>/dev/null || :
}

setup() {
	load common
	load terminal
}

# Lines for the session that holds blocks in the machine.
do_in_session() {
	printf '%s\n' "$@" >>"$BATS_FILE_TMPDIR/lines"
}

# The tags shown, in order, in one word.
order() {
	awk '/^ [A-Z][a-z]+ +(Nonp|Paged) / { printf "%s", $1 substr($2, 1, 1) }'
}

is_in_order() {
	[ "$(order)" = "$1" ]
}

shows_order() {
	until_screen is_in_order "$1"
}

@test "the display has PoolMon's header, columns and rows" {
	sees '^ Memory: *[0-9]+K Avail: *[0-9]+K  PageFlts: *[0-9]+   InRam Krnl: *[0-9]+K P: *[0-9]+K$'
	sees '^ Commit: *[0-9]+K Limit: *[0-9]+K Peak: *[0-9]+K +Pool N: *[0-9]+K P: *[0-9]+K$'
	sees '^ System pool information, sorted by tag$'
	sees '^ Tag  Type +Allocs +Frees +Diff +Bytes +Per Alloc$'
	sees '^ Abcd Paged +1 \( +0\) +0 \( +0\) +1 +102400 \( +0\) +102400$'
	sees '^ Abxy Nonp +2 \( +0\) +0 \( +0\) +2 +400 \( +0\) +200$'
	shows_order AbcdPAbxyNAbxyPEfgNGoneP
}

@test "the letters sort" {
	press b
	sees 'sorted by bytes$'
	shows_order AbcdPEfgNAbxyNAbxyPGoneP
	press a
	sees 'sorted by allocations$'
	shows_order AbxyNAbcdPAbxyPEfgNGoneP
	press f
	sees 'sorted by frees$'
	shows_order GonePAbcdPAbxyNAbxyPEfgN
	press d
	sees 'sorted by difference$'
	shows_order AbxyNAbcdPAbxyPEfgNGoneP
	press m
	sees 'sorted by bytes per allocation$'
	shows_order AbcdPEfgNAbxyNAbxyPGoneP
	press t
	sees 'sorted by tag$'
	shows_order AbcdPAbxyNAbxyPEfgNGoneP
}

@test "p goes through nonpaged pool, paged pool and both" {
	press p
	sees ', nonpaged pool, sorted by tag$'
	shows_order AbxyNEfgN
	press p
	sees ', paged pool, sorted by tag$'
	shows_order AbcdPAbxyPGoneP
	press p
	shows_order AbcdPAbxyNAbxyPEfgNGoneP
}

@test "e shows the totals and hides them" {
	press e
	sees '^TOTAL Nonp +3 .* 1400 '
	sees '^TOTAL Paged +3 .* 102500 '
	press e
	lacks '^TOTAL'
}

# marked TAG: a line in reverse video
marked() {
	attributes=1 until_screen grep -q $'^\e\\[7m '"$1"
}

@test "a change is shown in parentheses and marked, and l takes the mark off" {
	do_in_session 'alloc g paged 1000 Grow'
	sees '^ Grow Paged +1 \( +1\) +0 \( +0\) +1 +1000 \( +1000\) +1000$'
	sees '^ Grow Paged +1 \( +0\) +0 \( +0\) +1 +1000 \( +0\) +1000$'
	do_in_session 'alloc h paged 500 Grow'
	marked Grow
	sees '^ Grow Paged +2 \( +0\)'
	press l
	do_in_session 'free g'
	sees '^ Grow Paged +2 \( +0\) +1 \( +1\) +1 +500 \( -1000\) +500$'
	screen -e | not_there $'\e\\[7m Grow'
	press l
}

@test "a change too long for its column is shortened, and moves no other" {
	do_in_session 'alloc w paged 1M Wide'
	sees '^ Wide Paged         1 \(   1\)         0 \(   0\)       1   1048576 \( 1024K\)  1048576$'
	do_in_session 'free w'
	sees '^ Wide Paged         1 \(   0\)         1 \(   1\)       0         0 \(-1024K\)        0$'
}

@test "( sorts by change, and ) back by value" {
	press b
	press '('
	sees 'sorted by change of bytes$'
	do_in_session 'alloc i nonpaged 50 Zzzz'
	until_screen first_is ZzzzN
	press ')'
	sees 'sorted by bytes$'
	until_screen first_is AbcdP
	press t
}

first_is() {
	[[ $(order) == "$1"* ]]
}

@test "s shows sessions, a digit or i one of them" {
	press s
	sees '^ Session pool information, all sessions, sorted by tag$'
	sees '^ Abcd Paged '
	press 9
	sees '^ Session 9 pool information, sorted by tag$'
	lacks '^ Abcd Paged '
	press i
	sees '^ Session, or nothing for all: _$'
	press 1 2 3 BSpace
	sees '^ Session, or nothing for all: 12_$'
	press Enter
	sees '^ Session 12 pool information'
	press i Enter
	sees '^ Session pool information, all sessions'
	sees '^ Abcd Paged '
	press i Escape
	sees '^ Session pool information, all sessions'
	press 1
	sees '^ Session 1 pool information, sorted by tag$'
	sees '^ Abcd Paged '
	press s
	sees '^ System pool information'
}

@test "h and ? show the help, which Esc closes" {
	for key in h '?'; do
		press "$key"
		sees '^ntpool monitor: pool use by tag'
		sees 'Esc closes this help'
		lacks '^ Abcd Paged '
		press Escape
		sees '^ Abcd Paged '
		lacks 'Esc closes this help'
	done
}

@test "a small terminal is scrolled through with the arrows" {
	server resize-window -x 100 -y 30
	do_in_session "$(for i in $(seq 10 60); do echo "alloc s$i paged 10 S0$i"; done)"
	sees '^ S012 Paged '
	lacks '^ S060 Paged '
	press End
	sees '^ Zzzz '
	sees '^ S060 Paged '
	press Home
	sees '^ Abcd Paged '
	press Down
	lacks '^ Abcd Paged '
	sees '^ Abxy Nonp '
	press Up
	sees '^ Abcd Paged '
	press NPage
	lacks '^ S012 Paged '
	press PPage
	sees '^ Abcd Paged '
}

@test "Esc ends the monitor and leaves the terminal as it was" {
	press Escape
	sees '^ready>$'
	type_line 'echo ended with $?'
	sees '^ended with 0$'
}

@test "q ends it as well, and so does an interrupt" {
	for key in q C-c; do
		type_line 'clear; ntpool monitor'
		sees '^ Abcd Paged '
		press $key
		sees '^ready>$'
		type_line 'echo ended with $?'
		sees '^ended with 0$'
	done
}

@test "PoolMon's command line is understood" {
	type_line "clear; ntpool monitor '/i?b*' /b /p /p /e /g"
	sees ', paged pool, sorted by bytes$'
	sees '^ Tag .* Per Alloc  Mapped_Driver$'
	shows_order AbcdPAbxyP
	sees '^ Abcd .*  \[Unknown Driver\]$'
	sees '^TOTAL Paged '
	press q
	sees '^ready>$'
}

@test "descriptions of tags may have any letters" {
	type_line 'clear; LC_ALL=C.UTF-8 ntpool monitor -g utf8.txt'
	# As far as the hundredth column, though that is not the hundredth byte.
	sees '^ Abcd Paged .*  \[our.ko\] Blöcke f$'
	press q
	sees '^ready>$'
}

@test "a threshold makes a line bold, and sets the status" {
	type_line 'clear; ntpool monitor --threshold Efg=500 -l'
	sees '^ Efg  Nonp '
	# The line before it is not bold, so that the attribute begins here.
	attributes=1 until_screen grep -q $'^\e\\[1m Efg '
	press q
	sees '^ntpool: tag Efg has 1000 bytes, more than 500$'
	type_line 'echo ended with $?'
	sees '^ended with 3$'
}

@test "the display ends by itself after as many samples as asked for" {
	type_line 'clear; ntpool monitor --count 2 --interval 0.5; echo ended with $?'
	sees '^ended with 0$'
}

@test "the machine ends without a complaint" {
	end_machine
	grep -q 'cannot\|error' "$BATS_FILE_TMPDIR/script.out" && return 1
	true
}
