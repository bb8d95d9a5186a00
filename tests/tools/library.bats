#!/usr/bin/env bats
# The library as a program outside this tree uses it: the example of its man page, built
# against what is installed, and run with the shared library.

# The example shows what matters; a program needs a beginning and an end as well.
example() {
	printf '%s\n' '#include <ntpool.h>' '#include <stdio.h>' 'int main(void)' '{'
	# shellcheck disable=SC2154 # set by common
	sed -n '/^\.Bd/,/^\.Ed/p' "$root/userspace/man/libntpool.7" | grep -v '^\.'
	printf '%s\n' 'printf("%s %u %u\n", back, (unsigned int)trim.written, copy.status);' 'return 0;' '}'
}

# Walks from what is no block: the handle 0, and one that was never given.
walks() {
	cat <<-'C'
		#include <ntpool.h>
		#include <stdio.h>
		int main(void)
		{
			struct ntpool *session;
			struct ntpool_walk walk;
			if (ntpool_open(&session, NULL, 0))
				return 1;
			printf("%d", ntpool_walk_block(session, 0, (uintptr_t)&walk, &walk));
			printf(" %d", ntpool_walk_block(session, 12345, 0, &walk));
			printf(" %d\n", ntpool_walk_address(session, (uintptr_t)&walk, &walk));
			return walk.kind != NTPOOL_CLASS_USER;
		}
	C
}

setup_file() {
	load common
	build_tool
	make -s -C "$root" --no-print-directory install-userspace DESTDIR="$BATS_FILE_TMPDIR" PREFIX=/usr >&2
	example >"$BATS_FILE_TMPDIR/example.c"
	pc=$(dirname "$(find "$BATS_FILE_TMPDIR" -name libntpool.pc)")
	export PKG_CONFIG_PATH=$pc PKG_CONFIG_SYSROOT_DIR=$BATS_FILE_TMPDIR
	export PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 PKG_CONFIG_ALLOW_SYSTEM_LIBS=1
	walks >"$BATS_FILE_TMPDIR/walks.c"
	for program in example walks; do
		# shellcheck disable=SC2046 # the flags are words
		gcc -Wall -Werror -o "$BATS_FILE_TMPDIR/$program" "$BATS_FILE_TMPDIR/$program.c" \
			$(pkg-config --cflags --libs libntpool)
	done
	play <<-'PLAY'
		t example ./example
		t walks ./walks
	PLAY
}

setup() {
	load common
}

@test "the example of the man page does what it says" {
	status example 0
	says example '^hello 1 0$'
}

@test "a handle that names no block is no block, 0 neither" {
	status walks 0
	says walks '^-2 -2 0$'
}

@test "the program needs the shared library by its major version" {
	readelf -d "$BATS_FILE_TMPDIR/example" | grep -q 'NEEDED.*libntpool\.so\.0\]'
}

@test "every call has a page under its own name once it is installed" {
	mapfile -t calls < <(nm -D --defined-only "$root/build/lib/libntpool.so" | awk '$2 == "T" { sub(/@.*/, "", $3); print $3 }')
	[ "${#calls[@]}" -ge 50 ]
	for call in "${calls[@]}"; do
		[ -e "$BATS_FILE_TMPDIR/usr/share/man/man3/$call.3" ]
	done
}
