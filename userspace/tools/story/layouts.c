// SPDX-License-Identifier: GPL-2.0-only
/* S5 to S8: how large the spaces are, here and on Windows. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/caller32.h"
#include "base/say.h"
#include "base/session.h"
#include "base/units.h"
#include "split/split.h"
#include "story/story.h"

/* Sets the layout in a session of its own, so that ours stays as it is. */
static bool layout(struct story *story, enum ntpool_layout layout,
		   uint32_t user_mb, struct ntpool_split *split)
{
	struct ntpool *session = open_session(0);
	int err;

	if (!session) {
		cannot(story, "no second session can be opened");
		return false;
	}
	err = ntpool_set_split(session, layout, user_mb, split);
	ntpool_close(session);
	if (err)
		cannot(story, "the layout is refused: %s", strerror(-err));
	return !err;
}

static const struct column size_columns[] = {
	{ "Program", "program" },
	{ "User space ends at", "end" },
	{ "Size", "size" },
	{ "How we know", "how" },
	{ NULL, NULL },
};

static void add_size(struct table *table, const char *program, uint64_t end,
		     const char *how)
{
	char text[ADDRESS_TEXT];

	table_text(table, "%s", program);
	table_text(table, "%s", format_address(end, text));
	table_bytes(table, end + 1);
	table_text(table, "%s", how);
}

/* Can this program have a page at @address?  Asked of Linux, not of the module. */
static bool can_map(uint64_t address)
{
	size_t size = sysconf(_SC_PAGESIZE);
	void *want = (void *)(uintptr_t)address;
	void *page = mmap(want, size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
			  0);

	if (page == MAP_FAILED)
		return errno == EEXIST;
	munmap(page, size);
	return page == want;
}

static void check_native(struct story *story, const struct ntpool_split *native)
{
	uint64_t size = story->features.page_size;
	uint64_t last = (native->user_end + 1) / size * size - size;
	char text[ADDRESS_TEXT];

	check(story, native->caller_bits == 64,
	      "the module sees this program as one of 64 bits");
	check(story, can_map(last),
	      "Linux gives this program a page at %s, the last of user space",
	      format_address(last, text));
	check(story, !can_map(last + size) && !can_map(native->system_start),
	      "and none above it, nor where system space begins");
}

void play_sizes(struct story *story)
{
	struct table *table = table_new(size_columns);
	struct ntpool_split native, x64, x86;
	struct caller32 small = { 0 };
	bool ran = caller32_ask(&small);

	if (!layout(story, NTPOOL_LAYOUT_NATIVE, 0, &native) ||
	    !layout(story, NTPOOL_LAYOUT_NT_X64, 0, &x64) ||
	    !layout(story, NTPOOL_LAYOUT_NT_X86, 2048, &x86)) {
		table_free(table);
		return;
	}
	tell(story, "The split of address space is fixed by the processor and the operating system. Linux's own limits are real here; those of Windows are kept as figures (emulated).");
	add_size(table, "64-bit, this machine", native.user_end, "asked of Linux");
	if (ran)
		add_size(table, "32-bit, this machine", small.end,
			 "a 32-bit program asked");
	add_size(table, "64-bit, Windows", x64.user_end, "emulated layout");
	add_size(table, "32-bit, Windows", x86.user_end, "emulated layout");
	show_table(story, "sizes", table);
	check_native(story, &native);
	if (!ran)
		cannot(story, "%s", small.reason);
	else
		check(story, small.bits == 32 && small.stack < small.end && small.end <= UINT32_MAX,
		      "a 32-bit program ran here, and all of its user space is below 4 GiB");
	check(story, x64.user_end >> 47 == 0 && x64.user_end >> 46 == 1,
	      "64-bit Windows: user space is the lower 128 TiB");
	check(story, x86.system_start == 2 * GIB && x86.user_end < 2 * GIB,
	      "32-bit Windows: user space is the lower 2 GiB");
}

static const struct column class_columns[] = {
	{ "Address", "address" },
	{ "What it is of this program", "what" },
	{ "What the module calls it", "kind" },
	{ NULL, NULL },
};

static bool classify(struct story *story, struct table *table,
		     uint64_t address, const char *what, uint32_t expected)
{
	struct ntpool_walk walk = { 0 };
	const char *kind = NULL;
	char text[ADDRESS_TEXT];

	if (!ntpool_walk_address(story->session, address, &walk))
		kind = ntpool_class_name(walk.kind);
	table_text(table, "%s", format_address(address, text));
	table_text(table, "%s", what);
	table_text(table, "%s", kind ? kind : "(refused)");
	return kind && walk.kind == expected;
}

/* The frame behind a system address, as another process finds it. */
static uint64_t frame_seen_by_child(uint64_t address)
{
	uint64_t *frame = shared_memory(sizeof(*frame));
	uint64_t result;
	pid_t child = fork();

	if (child == 0) {
		struct ntpool *session = open_session(0);
		struct ntpool_walk walk;

		if (session && !ntpool_walk_address(session, address, &walk))
			*frame = walk.frame;
		_exit(0);
	}
	waitpid(child, NULL, 0);
	result = *frame;
	munmap(frame, sizeof(*frame));
	return result;
}

static void classify_all(struct story *story, uint64_t paged, uint64_t nonpaged)
{
	struct table *table = table_new(class_columns);
	struct ntpool_split native;
	int here = 0, right = 0;

	if (ntpool_split(story->session, &native)) {
		cannot(story, "the module does not tell its split");
		table_free(table);
		return;
	}
	right += classify(story, table, (uintptr_t)&here, "its stack",
			  NTPOOL_CLASS_USER);
	right += classify(story, table, (uintptr_t)play_spaces, "its code",
			  NTPOOL_CLASS_USER);
	right += classify(story, table, native.hole_start + MIB,
			  "nothing can be there", NTPOOL_CLASS_NONCANONICAL);
	right += classify(story, table, paged, "its block of paged pool",
			  NTPOOL_CLASS_PAGED_POOL);
	right += classify(story, table, nonpaged, "its block of nonpaged pool",
			  NTPOOL_CLASS_NONPAGED_POOL);
	right += classify(story, table, native.system_end & ~(MIB - 1),
			  "the end of system space", NTPOOL_CLASS_SYSTEM);
	show_table(story, "addresses", table);
	check(story, right == 6, "the module knows %d of 6 for what they are",
	      right);
}

void play_spaces(struct story *story)
{
	uint64_t paged, nonpaged, frame;
	struct ntpool_walk walk, walk2;

	if (!need_admin(story))
		return;
	paged = take_block(story, NTPOOL_FLAG_PAGED, 64 * KIB);
	nonpaged = take_block(story, NTPOOL_FLAG_NON_PAGED, 64 * KIB);
	if (paged && nonpaged && fill_block(story, paged, 64 * KIB, 6) &&
	    !ntpool_walk_block(story->session, paged, 0, &walk) &&
	    !ntpool_walk_block(story->session, nonpaged, 0, &walk2)) {
		tell(story, "User space belongs to one process, system space to all. Any address can be classified:");
		classify_all(story, walk.address, walk2.address);
		frame = frame_seen_by_child(walk2.address);
		check(story, frame && frame == walk2.frame,
		      "another process finds the nonpaged block at the same address, on the same frame 0x%" PRIx64,
		      frame);
	}
	give_back(story, paged);
	give_back(story, nonpaged);
}

/* Allocates @size in a fresh session of that layout; the NTSTATUS of it. */
static bool fits(struct story *story, uint32_t user_mb, uint64_t size,
		 uint32_t *status)
{
	struct ntpool *session = open_session(0);
	struct ntpool_alloc alloc;
	struct ntpool_split split;
	uint32_t tag = 0;
	int err = -ENODEV;

	ntpool_tag_pack("Tale", &tag);
	if (session)
		err = ntpool_set_split(session, NTPOOL_LAYOUT_NT_X86, user_mb,
				       &split);
	if (!err)
		err = ntpool_alloc(session, NTPOOL_FLAG_PAGED, size, tag,
				   &alloc);
	ntpool_close(session);
	if (err)
		cannot(story, "the allocation is malformed: %s", strerror(-err));
	else
		*status = alloc.status;
	return !err;
}

static const struct column enlarge_columns[] = {
	{ "increaseuserva", "user_mb" },
	{ "User space", "user" },
	{ "System space", "system" },
	{ "Room for paged pool", "paged" },
	{ "Nonpaged", "nonpaged" },
	{ NULL, NULL },
};

static void add_enlarged(struct table *table, const struct ntpool_split *split)
{
	table_number(table, split->user_mb);
	table_bytes(table, split->system_start);
	table_bytes(table, split_size(split->system_start, split->system_end));
	table_bytes(table, split->paged_budget);
	table_bytes(table, split->nonpaged_budget);
}

static void try_between(struct story *story, uint64_t size)
{
	uint32_t wide = 0, narrow = 0;
	char bytes[BYTES_TEXT];

	if (!fits(story, 2048, size, &wide) || !fits(story, 3072, size, &narrow))
		return;
	format_bytes(size, bytes);
	if (!NTPOOL_SUCCESS(wide)) {
		cannot(story, "this machine itself has no room for a block of %s: give it more memory or swap",
		       bytes);
		return;
	}
	check(story, true, "a paged block of %s is allocated with 2 GB for each",
	      bytes);
	check(story, narrow == NTPOOL_STATUS_INSUFFICIENT_RESOURCES,
	      "with 3 GB and 1 GB the same block fails: STATUS_INSUFFICIENT_RESOURCES");
}

static bool shrinks(const struct ntpool_split *from,
		    const struct ntpool_split *to)
{
	return to->paged_budget < from->paged_budget;
}

void play_enlarging(struct story *story)
{
	struct table *table = table_new(enlarge_columns);
	struct ntpool_split two, middle, three;
	uint64_t narrow;

	if (!layout(story, NTPOOL_LAYOUT_NT_X86, 2048, &two) ||
	    !layout(story, NTPOOL_LAYOUT_NT_X86, 2560, &middle) ||
	    !layout(story, NTPOOL_LAYOUT_NT_X86, 3072, &three)) {
		table_free(table);
		return;
	}
	tell(story, "On 32-bit Windows the boot option increaseuserva moves the line. What user space gains, the pools lose (emulated: the budgets are bookkeeping, the blocks are real).");
	add_enlarged(table, &two);
	add_enlarged(table, &middle);
	add_enlarged(table, &three);
	show_table(story, "layouts", table);
	if (!story->json) {
		split_print_bar(&two, 7);
		split_print_bar(&three, 7);
		line(story, "\n");
	}
	narrow = split_size(three.system_start, three.system_end);
	check(story, three.system_start == 3 * GIB && narrow == GIB,
	      "at 3072 user space is 3 GiB and system space 1 GiB");
	check(story, shrinks(&two, &middle) && shrinks(&middle, &three),
	      "the room for paged pool shrinks with system space");
	try_between(story, three.paged_budget + MIB);
}

void play_vastness(struct story *story)
{
	struct ntpool_split native;
	uint64_t user, system, hole;
	double share;

	if (!layout(story, NTPOOL_LAYOUT_NATIVE, 0, &native))
		return;
	user = split_size(native.user_start, native.user_end);
	system = split_size(native.system_start, native.system_end);
	hole = split_size(native.hole_start, native.hole_end);
	share = (user + system) / 18446744073709551616.0;
	tell(story, "64 bits can number 16 EiB. Drawn to scale, a bar of 64 characters gives each 256 PiB, and the spaces in use are too thin to be seen:");
	line(story, "       |%.*s|\n", 64,
	     "................................................................");
	line(story, "        ^ user space, 1/%.0f of this dot               system space ^\n\n",
	     256.0 * 1024 * GIB * 1024 / user);
	line(story, "     With the hole cut out (a letter is %s):\n",
	     native.system_start == 0xffff800000000000ull ? "4 TiB" : "1/64 of both");
	line(story, "       |uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu|ssssssssssssssssssssssssssssssss|\n\n");
	fact(story, "user_bytes", user);
	fact(story, "system_bytes", system);
	fact(story, "hole_bytes", hole);
	check(story, share < 0.01,
	      "user and system space together are 1/%.0f of the range, %.4f %%",
	      1 / share, share * 100);
	check(story, !can_map(native.hole_start) && !can_map(native.hole_start + hole / 2),
	      "no page can be had in the hole between them");
}
