# A terminal to press keys on and to look at.  It is tmux's; in it runs a machine whose
# shell is typed to.

# start_machine: with a script on standard input that ends as a shell whose prompt is
# "ready> "; when that is there it returns.
start_machine() {
	build_tool
	# shellcheck disable=SC2154 # set by common
	make -s -C "$root" --no-print-directory module FLAVOUR="${NTPOOL_KERNEL:-stock}" >&2
	cat >"$BATS_FILE_TMPDIR/guest"
	server new-session -d -x 100 -y 30 \
		"cd '$root' && tests/vm/run --no-build --tty --smp 1 --share '$BATS_FILE_TMPDIR' -- sh /share/guest 2>'$BATS_FILE_TMPDIR/err'; echo \$? >'$BATS_FILE_TMPDIR/ended'"
	server set-option -g remain-on-exit on
	sees '^ready>$' 120
}

end_machine() {
	type_line exit
	# Not from tmux, which now and then does not see that its terminal was closed.
	seconds=120 until_screen grep -qx 0 "$BATS_FILE_TMPDIR/ended"
	[ ! -s "$BATS_FILE_TMPDIR/err" ]
}

server() {
	# The server must not keep what bats waits for open.
	env -u TMUX TMUX_TMPDIR="$BATS_FILE_TMPDIR" tmux -u -L terminal -f /dev/null "$@" 3>&-
}

press() {
	server send-keys "$@"
}

type_line() {
	server send-keys -l "$1"
	server send-keys Enter
}

screen() {
	server capture-pane -p "$@"
}

# until_screen COMMAND...: until the screen on its standard input pleases COMMAND
until_screen() {
	local deadline=$((SECONDS + ${seconds:-20}))
	until screen ${attributes:+-e} | "$@"; do
		if [ $SECONDS -ge $deadline ]; then
			echo "not seen: $*"
			screen
			cat "$BATS_FILE_TMPDIR/err"
			return 1
		fi
		sleep 0.1
	done
}

# sees REGEX [SECONDS]
sees() {
	seconds=${2:-20} until_screen grep -Eq -- "$1"
}

lacks() {
	until_screen not_there "$1"
}

not_there() {
	! grep -Eq -- "$1"
}
