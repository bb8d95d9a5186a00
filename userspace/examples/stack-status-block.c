// SPDX-License-Identifier: GPL-2.0-only
/* The status block is a variable of a function that has returned. */
#include "lab/lab.h"

#define WORDS "words of a function"

static char answer[LENGTH];

/* Starts the request with a status block in its own frame, and returns. */
static __attribute__((noinline)) uint64_t start_and_return(uintptr_t *where)
{
	char frame[1024];
	struct ntpool_device_io io = {
		.code = NTPOOL_LAB_BUFFERED,
		.output = (uintptr_t)answer,
		.output_length = LENGTH,
		.status_block = (uintptr_t)&frame[512],
		.eventfd = -1,
	};

	memset(frame, 0, sizeof(frame));
	start_io(&io);
	*where = io.status_block;
	return io.request;
}

/* Has its own words where that frame was, and waits. */
static __attribute__((noinline)) bool wait_elsewhere(uint64_t request,
						     uintptr_t where)
{
	volatile char frame[4096];
	size_t at = where - (uintptr_t)frame, i;
	char found[32];

	if (at > sizeof(frame) - sizeof(found))
		return check(false, "the frames do not overlap");
	for (i = 0; i < sizeof(frame); i++)
		frame[i] = i >= at && i < at + sizeof(WORDS) ? WORDS[i - at] : 0;
	finish(request);
	for (i = 0; i < sizeof(found); i++)
		found[i] = frame[at + i];
	tell("a local variable", "\"%s\"", letters(found, sizeof(WORDS) - 1));
	return memcmp(found, WORDS, sizeof(WORDS));
}

static void wrong(void)
{
	uintptr_t where;
	uint64_t request;

	set_device(device_cpu(), 50);
	request = start_and_return(&where);
	check(wait_elsewhere(request, where),
	      "another function's variable was overwritten with the status");
}

static void right(void)
{
	struct ntpool_status_block block = { .status = STATUS_PENDING };
	struct ntpool_device_io io = {
		.code = NTPOOL_LAB_BUFFERED,
		.output = (uintptr_t)answer,
		.output_length = LENGTH,
		.status_block = (uintptr_t)&block,
		.eventfd = -1,
	};

	set_device(device_cpu(), 50);
	start_io(&io);
	finish(io.request);
	check(block.status == STATUS_SUCCESS && block.information == LENGTH,
	      "the block outlives the request, and has its status");
	check(!memcmp(answer, DATA, LENGTH), "the data is there");
}

int main(int argc, char **argv)
{
	static const struct variant variants[] = {
		{ "wrong", wrong },
		{ "right", right },
		{ NULL, NULL },
	};

	return lab_main(argc, argv, variants);
}
