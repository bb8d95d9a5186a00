// SPDX-License-Identifier: GPL-2.0-only
/* A request from start to end. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/printable.h"
#include "story/request.h"

#define DELAY_NS    30000000ull
#define PATIENCE_NS 5000000000ull
/* A kernel thread may be what is running just then; that is no failure. */
#define TRIES	    5

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ull + time.tv_nsec;
}

/* The last CPU, so that the requester has the first to itself. */
static unsigned int target_cpu(const struct story *story)
{
	return story->features.cpus - 1;
}

static int request(struct story *story, void *page, enum ntpool_variant variant,
		   struct attempt *attempt)
{
	struct ntpool_request request = {
		.variant = variant,
		.cpu = target_cpu(story),
		.buffer = (uintptr_t)page,
		.length = sizeof(request.data),
		.delay_ns = DELAY_NS,
	};
	int err;

	memcpy(&request.data, DEVICE_DATA, sizeof(request.data));
	memset(page, 0, BYSTANDER_BYTES);
	strcpy(page, OURS_BEFORE);
	run_on_cpu(0);
	attempt->start_ns = now();
	err = ntpool_start(story->session, &request);
	attempt->return_ns = now();
	attempt->start_status = request.status;
	if (!err && request.request)
		err = ntpool_result(story->session, request.request,
				    PATIENCE_NS, 0, &attempt->result);
	printable(attempt->result.requester.comm);
	printable(attempt->result.interrupted.comm);
	memcpy(attempt->ours, page, BYSTANDER_BYTES);
	run_anywhere();
	if (err)
		cannot(story, "the request failed: %s", strerror(-err));
	else if (!request.request)
		cannot(story, "the request was not started: NTSTATUS 0x%08x",
		       request.status);
	return err || !request.request ? -1 : 0;
}

/*
 * The module looks into the interrupted process only where it is to write there.
 * Elsewhere stands what that process has found itself.
 */
static void add_own_evidence(struct attempt *attempt,
			     const struct bystander *bystander)
{
	struct ntpool_party *party = &attempt->result.interrupted;

	if (!attempt->hit || party->flags & NTPOOL_PARTY_MAPPED)
		return;
	party->frame = bystander->frame;
	memcpy(party->before, bystander->before, sizeof(party->before));
	memcpy(party->after, attempt->theirs, sizeof(party->after));
}

static bool once(struct story *story, void *page, enum ntpool_variant variant,
		 enum consent consent, struct attempt *attempt)
{
	struct bystander bystander;
	int err = -1;

	if (bystander_start(&bystander, page, target_cpu(story), consent,
			    THEIRS_BEFORE))
		err = request(story, page, variant, attempt);
	else
		cannot(story, "the second process did not start");
	bystander_stop(&bystander, attempt->theirs);
	attempt->hit = attempt->result.interrupted.pid == (uint32_t)bystander.pid &&
		       attempt->result.interrupt_cpu == target_cpu(story);
	add_own_evidence(attempt, &bystander);
	return !err;
}

bool attempt(struct story *story, void *page, enum ntpool_variant variant,
	     enum consent consent, struct attempt *attempt)
{
	int i;

	attempt->hit = false;
	for (i = 0; i < TRIES && !attempt->hit; i++) {
		memset(attempt, 0, sizeof(*attempt));
		if (!once(story, page, variant, consent, attempt))
			return false;
	}
	return true;
}

bool attempt_idle(struct story *story, void *page, struct attempt *attempt)
{
	int i;

	attempt->hit = false;
	for (i = 0; i < TRIES && !attempt->hit; i++) {
		memset(attempt, 0, sizeof(*attempt));
		if (request(story, page, NTPOOL_VARIANT_NAIVE, attempt))
			return false;
		attempt->hit = attempt->result.interrupted.flags &
			       NTPOOL_PARTY_IDLE;
	}
	return true;
}

static const struct column columns[] = {
	{ "", "what" },
	{ "Requester", "requester" },
	{ "Interrupted", "interrupted" },
	{ NULL, NULL },
};

/* Bytes as letters where they are letters, in quotes. */
static const char *letters(const unsigned char *bytes, char text[32])
{
	int i, at = 0;

	text[at++] = '"';
	for (i = 0; i < NTPOOL_EVIDENCE_BYTES; i++)
		text[at++] = bytes[i] < 0x80 && isprint(bytes[i]) ? bytes[i] : '.';
	text[at++] = '"';
	text[at] = '\0';
	return text;
}

static void add_memory(struct table *table, const char *what,
		       const struct ntpool_party *requester,
		       const struct ntpool_party *interrupted, size_t offset)
{
	const unsigned char *left = (const unsigned char *)requester + offset;
	const unsigned char *right = (const unsigned char *)interrupted + offset;
	char text[32];

	table_text(table, "%s", what);
	table_text(table, "%s", letters(left, text));
	table_text(table, "%s", letters(right, text));
}

static void add_frames(struct table *table,
		       const struct ntpool_party *requester,
		       const struct ntpool_party *interrupted)
{
	table_text(table, "page frame");
	table_text(table, "0x%" PRIx64, (uint64_t)requester->frame);
	table_text(table, "0x%" PRIx64, (uint64_t)interrupted->frame);
}

void show_parties(struct story *story, const char *key,
		  const struct ntpool_result *result)
{
	const struct ntpool_party *requester = &result->requester;
	const struct ntpool_party *interrupted = &result->interrupted;
	struct table *table = table_new(columns);
	int i;

	table_text(table, "process");
	table_text(table, "%.*s, %u", NTPOOL_COMM_LEN, requester->comm,
		   requester->pid);
	table_text(table, "%.*s, %u", NTPOOL_COMM_LEN, interrupted->comm,
		   interrupted->pid);
	table_text(table, "interrupt on CPU");
	table_none(table);
	table_text(table, "%u", result->interrupt_cpu);
	table_text(table, "address");
	for (i = 0; i < 2; i++)
		table_text(table, "0x%" PRIx64, (uint64_t)result->address);
	add_frames(table, requester, interrupted);
	add_memory(table, "memory before", requester, interrupted,
		   offsetof(struct ntpool_party, before));
	add_memory(table, "memory after", requester, interrupted,
		   offsetof(struct ntpool_party, after));
	show_table(story, key, table);
}
