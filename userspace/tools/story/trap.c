// SPDX-License-Identifier: GPL-2.0-only
/* S10: the trap of deferred completion, and the ways around it. */
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/units.h"
#include "story/request.h"
#include "story/story.h"

static bool has_outcome(const struct attempt *attempt, enum ntpool_outcome outcome)
{
	return attempt->result.outcome == outcome;
}

static bool has_data(const char *memory)
{
	return !memcmp(memory, DEVICE_DATA, strlen(DEVICE_DATA));
}

static bool is_spared(const struct attempt *attempt)
{
	return !strcmp(attempt->theirs, THEIRS_BEFORE);
}

static bool came_rightly(const struct attempt *attempt)
{
	return attempt->hit && has_outcome(attempt, NTPOOL_OUTCOME_DELIVERED) &&
	       has_data(attempt->ours) && is_spared(attempt);
}

static double microseconds(uint64_t ns)
{
	return ns / 1000.0;
}

/* The four steps of the article, each with what was measured. */
static void tell_steps(struct story *story, const struct attempt *naive)
{
	const struct ntpool_result *result = &naive->result;

	line(story, "       1. Process %u starts a read and passes the address 0x%" PRIx64 ".\n",
	     result->requester.pid, (uint64_t)result->address);
	line(story, "       2. The driver starts the device and returns STATUS_PENDING, after %.0f us.\n",
	     microseconds(naive->return_ns - naive->start_ns));
	line(story, "       3. %.0f us later the device interrupts CPU %u, where process %u (%.*s)\n          is running.  IRQL there: %u.\n",
	     microseconds(result->interrupt_ns - naive->return_ns),
	     result->interrupt_cpu, result->interrupted.pid, NTPOOL_COMM_LEN,
	     result->interrupted.comm, result->interrupt_irql);
	line(story, "       4. The driver writes the data to the address that it was given.\n\n");
}

static void play_naive(struct story *story, void *page)
{
	struct attempt naive;
	const struct ntpool_result *result = &naive.result;

	if (!attempt(story, page, NTPOOL_VARIANT_NAIVE, VOLUNTEER, &naive))
		return;
	tell_steps(story, &naive);
	show_parties(story, "naive", result);
	check(story, result->interrupt_ns > naive.return_ns,
	      "the driver had returned before the interrupt came");
	check(story, naive.hit && result->interrupted.pid != result->requester.pid,
	      "the interrupt hit a process that had nothing to do with it");
	check(story, has_outcome(&naive, NTPOOL_OUTCOME_MISDELIVERED) && has_data(naive.theirs),
	      "the data is in that process's memory, over what was there");
	check(story, !strcmp(naive.ours, OURS_BEFORE),
	      "the requester got nothing, though its read is complete");
}

static const struct column way_columns[] = {
	{ "Way", "variant" },
	{ "Interrupted", "interrupted" },
	{ "Written by", "writer" },
	{ "at IRQL", "irql" },
	{ "Outcome", "outcome" },
	{ NULL, NULL },
};

static void add_way(struct table *table, const struct ntpool_result *result)
{
	const char *irql = ntpool_irql_name(result->delivery_irql);
	const char *outcome = ntpool_outcome_name(result->outcome);

	table_text(table, "%s", ntpool_variant_name(result->variant));
	table_text(table, "%.*s, %u", NTPOOL_COMM_LEN, result->interrupted.comm,
		   result->interrupted.pid);
	if (!result->writer)
		table_text(table, result->delivery_irql > NTPOOL_IRQL_DISPATCH ?
					  "the interrupt" :
					  "its DPC");
	else if (result->writer == result->requester.tid)
		table_text(table, "the requester's own thread");
	else
		table_text(table, "system thread %u", result->writer);
	table_text(table, "%s", irql ? irql : "?");
	table_text(table, "%s", outcome ? outcome : "?");
}

static void play_right_ways(struct story *story, void *page)
{
	static const char *const how[] = {
		[NTPOOL_VARIANT_BUFFERED] =
			"buffered: a system buffer, copied in the requester's own thread",
		[NTPOOL_VARIANT_DIRECT] =
			"direct: the pages locked at the start, written through system space",
		[NTPOOL_VARIANT_ATTACH] =
			"attach: a system thread that enters the requester's address space",
	};
	struct table *table = table_new(way_columns);
	struct attempt right;
	int variant;

	tell(story, "The same read, with such a process interrupted, in the three right ways. What is in its page, where nobody writes, it has looked at itself:");
	for (variant = NTPOOL_VARIANT_BUFFERED; variant <= NTPOOL_VARIANT_ATTACH;
	     variant++) {
		if (!attempt(story, page, variant, VOLUNTEER, &right))
			break;
		add_way(table, &right.result);
		show_parties(story, ntpool_variant_name(variant), &right.result);
		check(story, came_rightly(&right),
		      "%s: delivered, and process %u, interrupted on CPU %u, untouched",
		      how[variant], right.result.interrupted.pid,
		      right.result.interrupt_cpu);
		line(story, "\n");
	}
	show_table(story, "right_ways", table);
}

/* What is refused here would have been done on a machine without this module. */
static void play_refusals(struct story *story, void *page)
{
	struct attempt refusal;

	tell(story, "The module lets a naive write happen only where a process has volunteered for it. Elsewhere it is refused, and recorded:");
	if (attempt(story, page, NTPOOL_VARIANT_NAIVE, STRANGER, &refusal))
		check(story, refusal.hit && has_outcome(&refusal, NTPOOL_OUTCOME_REFUSED_STRANGER) && is_spared(&refusal),
		      "a process that has not volunteered: refused (would have written in pid %u, %.*s)",
		      refusal.result.interrupted.pid, NTPOOL_COMM_LEN,
		      refusal.result.interrupted.comm);
	if (attempt_idle(story, page, &refusal))
		check(story, refusal.hit && has_outcome(&refusal, NTPOOL_OUTCOME_REFUSED_NO_USER_SPACE),
		      "an idle processor: refused, there is no user space under the address");
	if (attempt(story, page, NTPOOL_VARIANT_NAIVE, VOLUNTEER_NOT_RESIDENT,
		    &refusal))
		check(story, refusal.hit && refusal.result.bugcheck && has_outcome(&refusal, NTPOOL_OUTCOME_REFUSED_NOT_RESIDENT),
		      "a page that is not resident: bug check 0xD1, record %" PRIu64,
		      (uint64_t)refusal.result.bugcheck);
}

void play_trap(struct story *story)
{
	void *page;

	if (!need_admin(story))
		return;
	page = shared_address();
	tell(story, "A program starts a read and passes the address of its buffer. The device answers later, by an interrupt, and an interrupt does not ask whose turn it is. A second process spins on CPU %u and has a page at the same address.",
	     story->features.cpus - 1);
	play_naive(story, page);
	play_right_ways(story, page);
	play_refusals(story, page);
	munmap(page, sysconf(_SC_PAGESIZE));
}
