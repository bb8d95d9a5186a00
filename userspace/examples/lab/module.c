// SPDX-License-Identifier: GPL-2.0-only
/* What an example asks of ntpool itself: bug checks, volunteers, the verifier. */
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "lab/inside.h"

#define MAX_SEEN 64

static struct ntpool_event seen[MAX_SEEN];
static size_t seen_count;

static void tell_one(const struct ntpool_event *event)
{
	tell("bug check", "%" PRIu64 ": 0x%02X %.*s (0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64 "), %.*s on CPU %u at %s",
	     (uint64_t)event->seq, event->code, (int)sizeof(event->name),
	     event->name, (uint64_t)event->param[0],
	     (uint64_t)event->param[1], (uint64_t)event->param[2],
	     (uint64_t)event->param[3], NTPOOL_COMM_LEN, event->comm,
	     event->cpu, ntpool_irql_name(event->irql));
}

/* The session reads those that were recorded since it was opened. */
void tell_bugchecks(void)
{
	struct ntpool_event event;

	while (!ntpool_read_event(session, &event)) {
		if (event.type != NTPOOL_EVENT_BUGCHECK)
			continue;
		tell_one(&event);
		if (seen_count < MAX_SEEN)
			seen[seen_count++] = event;
	}
}

bool bugcheck(uint32_t code)
{
	size_t i;

	tell_bugchecks();
	for (i = 0; i < seen_count; i++)
		if (!code || seen[i].code == code)
			return true;
	return false;
}

bool bugcheck_of(uint32_t code, uint64_t parameter)
{
	size_t i;

	tell_bugchecks();
	for (i = 0; i < seen_count; i++)
		if (seen[i].code == code && seen[i].param[0] == parameter)
			return true;
	return false;
}

unsigned int bugcheck_count(void)
{
	tell_bugchecks();
	return seen_count;
}

void volunteer(void *page)
{
	must(ntpool_volunteer(session, page, sysconf(_SC_PAGESIZE)),
	     "volunteer a page");
}

void verify(uint32_t flags, const char *tag)
{
	struct ntpool_verifier settings = { .set = 1, .flags = flags };

	if (tag)
		ntpool_tag_pack(tag, &settings.tags[0]);
	else if (flags != NTPOOL_VERIFIER_IO) /* which is of all drivers */
		strcpy(settings.driver, "ntpool_lab");
	must(ntpool_set_verifier(session, &settings), "set the verifier");
}

static uint64_t now_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000ull + time.tv_nsec / 1000000;
}

void spin(unsigned int ms)
{
	uint64_t end = now_ms() + ms;

	while (now_ms() < end)
		;
}

void rest(unsigned int ms)
{
	usleep(ms * 1000);
}
