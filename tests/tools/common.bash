# What the tests of the tool share.  A machine takes seconds to boot, so each file boots
# one in setup_file, runs everything there, and the tests look at what came out.

root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)

build_tool() {
	make -s -C "$root" --no-print-directory userspace >&2
}

# play [OPTION...]: runs the shell script on standard input in a machine, with OPTIONs of
# tests/vm/run, and one processor, which is the fastest for one command at a time.  In it,
# "t NAME COMMAND..." keeps what COMMAND prints and how it ends for the tests; what comes
# after "hold" on file 3 goes to a session that anybody may open, "$holder", and
# "await REGEX" waits for what that answers.
play() {
	build_tool
	{
		echo 't() { name=$1; shift; "$@" >/share/$name.out 2>/share/$name.err; echo $? >/share/$name.status; }'
		echo 'hold() { chmod 666 /dev/ntpool; mkfifo /tmp/lines; ntpool script /tmp/lines >/tmp/said 2>&1 & holder=$!; exec 3>/tmp/lines; }'
		echo 'await() { until grep -q -- "$1" /tmp/said; do sleep 0.1; done; }'
		echo 'cd /share'
		cat
		echo 'echo whole >/share/end'
	} >"$BATS_FILE_TMPDIR/play"
	"$root/tests/vm/run" --smp 1 "$@" --share "$BATS_FILE_TMPDIR" -- sh /share/play >&2
	grep -q whole "$BATS_FILE_TMPDIR/end"
}

# Each prints what it looked at where it fails.
status() {
	local found
	found=$(cat "$BATS_FILE_TMPDIR/$1.status")
	[ "$found" = "$2" ] || {
		echo "$1 ended with $found, not $2:"
		cat "$BATS_FILE_TMPDIR/$1.err"
		return 1
	}
}

out() {
	cat "$BATS_FILE_TMPDIR/$1.out"
}

err() {
	cat "$BATS_FILE_TMPDIR/$1.err"
}

# says NAME REGEX: a line of the output matches
says() {
	out "$1" | grep -Eq -- "$2" || {
		echo "$1 does not say '$2':"
		out "$1"
		return 1
	}
}

# complains NAME TEXT: standard error has this line and no other
complains() {
	[ "$(err "$1")" = "$2" ] || {
		echo "$1 complains:"
		err "$1"
		return 1
	}
}

# hides NAME TEXT: the output does not have it
hides() {
	if out "$1" | grep -qF -- "$2"; then
		echo "$1 says '$2':"
		out "$1"
		return 1
	fi
}

silent() {
	[ ! -s "$BATS_FILE_TMPDIR/$1.out" ] || {
		echo "$1 prints:"
		out "$1"
		return 1
	}
}

# holds NAME FILTER: the filter of jq finds something that is neither false nor null
holds() {
	out "$1" | jq -e "$2" >/dev/null || {
		echo "'$2' does not hold for:"
		out "$1"
		return 1
	}
}
