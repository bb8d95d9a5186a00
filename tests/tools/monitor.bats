#!/usr/bin/env bats
# The monitor without its display: one sample, snapshots, JSON, CSV, logs, thresholds.

setup_file() {
	load common
	play <<-'PLAY'
		hold
		echo 'alloc a paged 100K Abcd' >&3
		echo 'alloc b nonpaged 1000 Efg' >&3
		echo 'alloc c paged 100 Abxy' >&3
		echo 'alloc d nonpaged 100 Abxy' >&3
		echo 'alloc e nonpaged 300 Abxy' >&3
		echo 'alloc f paged 10 Gone' >&3
		echo 'free f' >&3
		await '^f: freed'
		t once ntpool monitor --once
		t totals ntpool monitor --once /e
		t nonpaged ntpool monitor --once -p -e
		t paged ntpool monitor --once /p /p -e
		t only ntpool monitor --once /iAb?? -iEfg
		t except ntpool monitor --once '/xAb*'
		for key in t a f d b m; do
			t sort_$key ntpool monitor --once -$key
		done
		t modules ntpool monitor --once -c
		echo 'Abcd - our.ko - ours' >/tmp/tags.txt
		t names ntpool monitor --once /g /tmp/tags.txt
		t session ntpool monitor --once /s
		number=$(ntpool tags --by session --csv Abcd | sed -n '2s/^Abcd,[^,]*,\([0-9]*\),.*/\1/p')
		t session_this ntpool monitor --once /s$number
		t session_other ntpool monitor --once /s4000000
		t session_denied su nobody -s /bin/sh -c 'ntpool monitor --once /s'
		t json ntpool monitor --once --json -c --tagfile /tmp/tags.txt
		t csv ntpool monitor --once --csv -iAbcd
		t csv_more ntpool monitor --once --csv -s -c /g /tmp/tags.txt '/iAb*'
		t snapshot ntpool monitor /n /share/snapshot.txt /p
		mkdir /tmp/work && cd /tmp/work
		t default_snapshot ntpool monitor -n
		cp poolsnap.log /share/poolsnap.log
		t bad_snapshot ntpool monitor -n /nowhere/snapshot

		# One block comes while the monitor runs, after its first sample and before its last.
		change() {
			ntpool monitor --interval 0.7 --count 4 "$@" &
			monitor=$!
			sleep 1
			echo "alloc g$# paged 64K Grow" >&3
			wait $monitor
		}
		t follow change --json
		t follow_csv change --csv -iGrow
		t quiet ntpool monitor --quiet --count 2 --interval 0.1 --log /share/log.csv -iAbcd
		t again ntpool monitor --quiet --count 1 --log /share/log.csv -iAbcd
		t bad_log ntpool monitor --quiet --count 1 --log /nowhere/log.csv
		t full_log ntpool monitor --quiet --count 1 --log /dev/full
		t other_log ntpool monitor --quiet --count 1 --log /share/log.csv -iAbcd -s
		t slash_log ntpool monitor --quiet --count 1 --log /x.csv -iAbcd
		cp /x.csv /share/slash.csv
		t below ntpool monitor --once --quiet --threshold Abcd=100K
		t above ntpool monitor --once --quiet --threshold Abcd=102399
		t both_pools ntpool monitor --once --quiet --threshold Abxy=499
		t several ntpool monitor --once --quiet --threshold 'Nope=0' --threshold 'Ab*=400'
		t no_growth ntpool monitor --quiet --count 2 --interval 0.1 --threshold '*=+0'
		grow() {
			ntpool monitor --quiet --interval 0.2 --threshold 'Late=+50K' &
			monitor=$!
			sleep 1
			echo "alloc h paged 64K Late" >&3
			wait $monitor
		}
		t growth grow
		interrupt() {
			ntpool monitor --csv --interval 100 -iAbcd &
			monitor=$!
			sleep 1
			kill -$1 $monitor
			wait $monitor
		}
		t terminated interrupt TERM
		mkfifo /tmp/more
		ntpool script /tmp/more >/tmp/more.said &
		exec 4>/tmp/more
		echo 'alloc a paged 50 Abcd' >&4
		until grep -q '^a:' /tmp/more.said; do sleep 0.1; done
		t both_json ntpool monitor --once --json -s -iAbcd
		t both_csv ntpool monitor --once --csv -s -iAbcd
		t both_text ntpool monitor --once -s -iAbcd
		t both_threshold ntpool monitor --once --json -s --threshold Abcd=102449
		exec 4>&-
		t full sh -c 'ntpool monitor --csv --interval 0.1 >/dev/full'
		t reader_gone sh -c 'ntpool monitor --json --interval 0.1 | head -n 1 >/dev/null'
		exec 3>&-
		wait $holder
	PLAY
}

setup() {
	load common
}

# tags NAME: the tags and types shown, in order, in one word
tags() {
	out "$1" | awk '/^ [A-Z][a-z]+ +(Nonp|Paged) / { printf "%s", $1 substr($2, 1, 1) } END { print "" }'
}

@test "one sample has PoolMon's header and columns" {
	status once 0
	says once '^ Memory: *[0-9]+K Avail: *[0-9]+K  PageFlts: +0   InRam Krnl: *[0-9]+K P: *[0-9]+K$'
	says once '^ Commit: *[0-9]+K Limit: *[0-9]+K Peak: *[0-9]+K +Pool N: *[0-9]+K P: *[0-9]+K$'
	says once '^ System pool information, sorted by tag$'
	says once '^ Tag  Type +Allocs +Frees +Diff +Bytes +Per Alloc$'
}

@test "a tag has a line for each pool that it was used in" {
	says once '^ Abcd Paged +1 +0 +1 +102400 +102400$'
	says once '^ Abxy Nonp +2 +0 +2 +400 +200$'
	says once '^ Abxy Paged +1 +0 +1 +100 +100$'
	says once '^ Gone Paged +1 +1 +0 +0 +0$'
	[ "$(tags once)" = AbcdPAbxyNAbxyPEfgNGoneP ]
	hides once TOTAL
}

@test "e shows the totals of the pools shown" {
	says totals '^TOTAL Nonp +3 +0 +3 +1400 +466$'
	says totals '^TOTAL Paged +3 +1 +2 +102500 +51250$'
	says nonpaged '^TOTAL Nonp +3 '
	hides nonpaged 'TOTAL Paged'
}

@test "p shows nonpaged pool, and twice paged pool" {
	[ "$(tags nonpaged)" = AbxyNEfgN ]
	[ "$(tags paged)" = AbcdPAbxyPGoneP ]
	says paged '^ System pool information, paged pool, sorted by tag$'
}

@test "i shows tags and x leaves them out" {
	[ "$(tags only)" = AbcdPAbxyNAbxyPEfgN ]
	[ "$(tags except)" = EfgNGoneP ]
}

@test "the rows are sorted as asked, the highest first" {
	[ "$(tags sort_t)" = AbcdPAbxyNAbxyPEfgNGoneP ]
	[ "$(tags sort_a)" = AbxyNAbcdPAbxyPEfgNGoneP ]
	[ "$(tags sort_f)" = GonePAbcdPAbxyNAbxyPEfgN ]
	[ "$(tags sort_d)" = AbxyNAbcdPAbxyPEfgNGoneP ]
	[ "$(tags sort_b)" = AbcdPEfgNAbxyNAbxyPGoneP ]
	[ "$(tags sort_m)" = AbcdPEfgNAbxyNAbxyPGoneP ]
}

@test "c names the modules that allocate, g what the tag file says" {
	says modules '^ Tag .* Per Alloc  Mapped_Driver$'
	says modules '^ Abcd Paged .*  \[ntpool\]$'
	says names '^ Abcd Paged .*  \[our.ko\] ours$'
	says names '^ Efg  Nonp .*  \[Unknown Driver\]$'
}

@test "s shows what sessions use, or one of them" {
	says session '^ Session pool information, all sessions, sorted by tag$'
	says session '^ Abcd Paged +1 +0 +1 +102400 '
	says session_this '^ Session [0-9]+ pool information, sorted by tag$'
	[ "$(tags session_this)" = AbcdPAbxyNAbxyPEfgNGoneP ]
	[ "$(tags session_other)" = "" ]
	status session_denied 0
	[ "$(tags session_denied)" = "" ]
	says session_denied "^ Session pool information, all sessions \(others' are for root\), sorted by tag$"
	complains session_denied 'ntpool: what other sessions use is for root alone: run as root'
}

@test "JSON has the summary in bytes and a row a tag and pool" {
	holds json '.summary.memory > .summary.available and .summary.commit_limit > 0 and .summary.paged == 102500'
	holds json '.tags | length == 5'
	holds json '.tags[0] | .tag == "Abcd" and .type == "Paged" and .allocs == 1 and .diff == 1 and .bytes == 102400 and .per_alloc == 102400'
	holds json '.tags[0] | .modules == ["ntpool"] and .binary == "our.ko" and .description == "ours"'
	holds json '.time | test("^20..-..-..T..:..:..[.]...Z$")'
}

@test "CSV has titles and the same" {
	[ "$(out csv | head -n 1)" = time,tag,type,allocs,frees,diff,bytes,per_alloc,allocs_change,frees_change,bytes_change,bytes_grown ]
	out csv | sed -n 2p | grep -Eq '^20[^,]*Z,Abcd,Paged,1,0,1,102400,102400,0,0,0,0$'
	[ "$(out csv | wc -l)" -eq 2 ]
}

@test "CSV has columns for what the options ask for" {
	status csv_more 0
	[ "$(out csv_more | head -n 1)" = time,tag,type,allocs,frees,diff,bytes,per_alloc,allocs_change,frees_change,bytes_change,bytes_grown,session,modules,binary,description ]
	out csv_more | sed -n 2p | grep -Eq ',Abcd,Paged,1,0,1,102400,102400,0,0,0,0,[1-9][0-9]*,ntpool,our.ko,ours$'
	out csv_more | sed -n 3p | grep -Eq ',Abxy,Nonp,2,0,2,400,200,0,0,0,0,[1-9][0-9]*,ntpool,,$'
}

@test "sessions are told apart in JSON and CSV, and added up for people and thresholds" {
	holds both_json '.tags | length == 2 and all(.tag == "Abcd") and .[0].session < .[1].session and map(.bytes) == [102400, 50]'
	[ "$(out both_csv | wc -l)" -eq 3 ]
	says both_csv ',Abcd,Paged,1,0,1,102400,102400,0,0,0,0,[0-9]+$'
	says both_csv ',Abcd,Paged,1,0,1,50,50,0,0,0,0,[0-9]+$'
	says both_text '^ Abcd Paged +2 +0 +2 +102450 '
	status both_threshold 3
	complains both_threshold 'ntpool: tag Abcd has 102450 bytes, more than 102449'
}

@test "n writes a snapshot and prints nothing" {
	status snapshot 0
	silent snapshot
	grep -Eq '^ Abxy Nonp +2 +0 +2 +400 +200$' "$BATS_FILE_TMPDIR/snapshot.txt"
	run grep -q Paged "$BATS_FILE_TMPDIR/snapshot.txt"
	[ "$status" -eq 1 ]
	status default_snapshot 0
	grep -Eq '^ Abcd Paged +1 ' "$BATS_FILE_TMPDIR/poolsnap.log"
	status bad_snapshot 1
	complains bad_snapshot 'ntpool: cannot write /nowhere/snapshot: No such file or directory'
}

@test "what changes between samples is told as change" {
	status follow 0
	[ "$(out follow | wc -l)" -eq 4 ]
	# In one sample it is there, with a change from nothing, in those after it without change.
	out follow | jq -se '[.[].tags[] | select(.tag == "Grow")] | .[0].bytes_change == 65536 and .[0].allocs_change == 1'
	out follow | jq -se '[.[].tags[] | select(.tag == "Grow")] | .[1:] | length > 0 and all(.bytes_change == 0 and .bytes == 65536)'
	out follow | jq -se '.[0].tags | map(select(.tag == "Grow")) == []'
	out follow | jq -se '[.[].time] | . == sort and (unique | length == 4)'
}

@test "CSV tells how much a tag has grown since the beginning" {
	status follow_csv 0
	out follow_csv | sed -n '2s/.*,//p' | grep -qx 0
	out follow_csv | sed -n '$s/.*,//p' | grep -qx 65536
	[ "$(out follow_csv | grep -c '^time,')" -eq 1 ]
}

@test "a log is appended to and has its titles once" {
	status quiet 0
	silent quiet
	[ "$(wc -l <"$BATS_FILE_TMPDIR/log.csv")" -eq 4 ]
	[ "$(grep -c '^time,' "$BATS_FILE_TMPDIR/log.csv")" -eq 1 ]
	[ "$(grep -c ',Abcd,Paged,1,0,1,102400,' "$BATS_FILE_TMPDIR/log.csv")" -eq 3 ]
	status bad_log 1
	complains bad_log 'ntpool: cannot write /nowhere/log.csv: No such file or directory'
	status full_log 1
	complains full_log 'ntpool: cannot write /dev/full: No space left on device'
}

@test "a log is not continued with other columns" {
	status other_log 1
	complains other_log 'ntpool: /share/log.csv has been begun with other columns: name another file, or give the same of -s, -c and -g'
}

@test "a file's name that looks like an option of PoolMon is the file's name" {
	status slash_log 0
	grep -q ',Abcd,Paged,1,0,1,102400,' "$BATS_FILE_TMPDIR/slash.csv"
}

@test "a threshold that is passed is told, with status 3" {
	status below 0
	complains below ''
	status above 3
	complains above 'ntpool: tag Abcd has 102400 bytes, more than 102399'
	status both_pools 3
	complains both_pools 'ntpool: tag Abxy has 500 bytes, more than 499'
	status several 3
	[ "$(err several | wc -l)" -eq 2 ]
}

@test "a threshold may be one of growth, and ends the monitor" {
	status no_growth 0
	status growth 3
	complains growth 'ntpool: tag Late has grown by 65536 bytes, more than 51200'
}

@test "the monitor ends well when it is told to" {
	status terminated 0
	[ "$(out terminated | wc -l)" -eq 2 ]
}

@test "output that cannot be written is an error" {
	status full 1
	complains full 'ntpool: cannot write the output'
	status reader_gone 0
}
