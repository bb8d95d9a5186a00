// SPDX-License-Identifier: GPL-2.0-only
/* A length in shared memory that another thread changes between check and use. */
#include <pthread.h>
#include <stdlib.h>

#include "lab/lab.h"

#define WINDOW_MS 200

static struct ntpool_lab_record *record;

static void *change(void *unused)
{
	rest(WINDOW_MS / 2);
	record->length = sizeof(record->data);
	return unused;
}

static struct ntpool_lab_fetched ask(uint32_t code)
{
	struct ntpool_lab_fetch fetch = { .window_ms = WINDOW_MS };
	struct ntpool_lab_fetched fetched = { 0 };
	pthread_t thread;

	record = shared_address();
	record->length = NTPOOL_LAB_RECORD_MAX;
	if (pthread_create(&thread, NULL, change, NULL))
		exit(1);
	control(code, &fetch, sizeof(fetch), record, sizeof(*record));
	pthread_join(thread, NULL);
	control(NTPOOL_LAB_EVIDENCE_FETCH, NULL, 0, &fetched, sizeof(fetched));
	tell("length checked", "%u", NTPOOL_LAB_RECORD_MAX);
	tell("length used", "%u", fetched.length);
	tell("written behind", "%u bytes", fetched.behind);
	return fetched;
}

static void wrong(void)
{
	struct ntpool_lab_fetched fetched = ask(NTPOOL_LAB_FETCH_WRONG);

	check(fetched.length > NTPOOL_LAB_RECORD_MAX,
	      "the driver has used a length that it had not checked");
	check(fetched.behind == fetched.length - NTPOOL_LAB_RECORD_MAX,
	      "and has written behind its buffer, into the lab's guard");
}

static void right(void)
{
	struct ntpool_lab_fetched fetched = ask(NTPOOL_LAB_FETCH_RIGHT);

	check(record->length > NTPOOL_LAB_RECORD_MAX,
	      "the length in shared memory has changed as well");
	check(fetched.length == NTPOOL_LAB_RECORD_MAX,
	      "the driver has used the one that it had checked");
	check(!fetched.behind, "nothing is written behind its buffer");
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
