// SPDX-License-Identifier: GPL-2.0-only
/* One test for each field of the laboratory's control codes that can be wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <linux/ntpool_lab.h>

#include "ntpool.h"

#define INVALID_PARAMETER      0xC000000Du
#define INVALID_DEVICE_REQUEST 0xC0000010u
#define BUFFER_TOO_SMALL       0xC0000023u
#define POISON		       0xa5

static struct ntpool *session;
static uint64_t device;

struct refusal {
	const char *sentence;
	uint32_t code;
	uint32_t status;
	const void *input;
	uint32_t input_length, output_length;
};

/* What a code wants, but for one thing. */
#define REFUSES(words, code, status, in, length, room)             \
	{                                                          \
		words, NTPOOL_LAB_##code, status, in, length, room \
	}
#define SHORT_IN(code, room) \
	REFUSES(#code " refuses a short input", code, BUFFER_TOO_SMALL, zeroes, 7, room)
#define SHORT_OUT(code, length) \
	REFUSES(#code " refuses a short output", code, BUFFER_TOO_SMALL, zeroes, length, 7)

static const unsigned char zeroes[256];
static const struct ntpool_lab_device padded = { .pad = 1 };
static const struct ntpool_lab_device late = {
	.delay_ns = NTPOOL_REQUEST_MAX_DELAY_NS + 1,
};
static const struct ntpool_lab_fetch fetch_padded = { .pad = 1 };
static const struct ntpool_lab_fetch wide = {
	.window_ms = NTPOOL_LAB_WINDOW_MAX_MS + 1,
};
static const struct ntpool_lab_irql nowhere = {
	.place = NTPOOL_LAB_PAGED_TRIMMED + 1,
};
static const struct ntpool_lab_buffer empty;
static const struct ntpool_lab_buffer large = { .length = 4097 };

static const struct refusal refusals[] = {
	REFUSES("a code that nobody knows", BUFFERED_CODE(0x8ff), INVALID_DEVICE_REQUEST, zeroes, 64, 64),
	REFUSES("a code with another's method", NEITHER_CODE(0x800), INVALID_DEVICE_REQUEST, zeroes, 64, 64),
	SHORT_IN(SET_DEVICE, 0),
	REFUSES("SET_DEVICE refuses padding that is not zero", SET_DEVICE, INVALID_PARAMETER, &padded, sizeof(padded), 0),
	REFUSES("SET_DEVICE refuses a delay beyond the longest", SET_DEVICE, INVALID_PARAMETER, &late, sizeof(late), 0),
	SHORT_OUT(EVIDENCE, 0),
	SHORT_OUT(DECOY, 0),
	SHORT_OUT(NAIVE, 0),
	SHORT_OUT(BUFFERED, 0),
	SHORT_OUT(DIRECT, 0),
	SHORT_OUT(ATTACH, 0),
	SHORT_IN(EMBEDDED_WRONG, 0),
	SHORT_IN(EMBEDDED_RIGHT, 0),
	SHORT_OUT(LEAK_WRONG, 0),
	SHORT_OUT(OVERRUN_WRONG, 0),
	SHORT_IN(FETCH_WRONG, 256),
	SHORT_OUT(FETCH_RIGHT, sizeof(struct ntpool_lab_fetch)),
	REFUSES("FETCH_WRONG refuses padding that is not zero", FETCH_WRONG, INVALID_PARAMETER, &fetch_padded, sizeof(fetch_padded), 256),
	REFUSES("FETCH_RIGHT refuses padding that is not zero", FETCH_RIGHT, INVALID_PARAMETER, &fetch_padded, sizeof(fetch_padded), 256),
	REFUSES("FETCH_WRONG refuses a window beyond the widest", FETCH_WRONG, INVALID_PARAMETER, &wide, sizeof(wide), 256),
	REFUSES("LOCK_WRONG refuses length 0", LOCK_WRONG, INVALID_PARAMETER, &empty, sizeof(empty), 0),
	REFUSES("LOCK_RIGHT refuses more than a page", LOCK_RIGHT, INVALID_PARAMETER, &large, sizeof(large), 0),
	SHORT_IN(UNLOCK_WRONG, 0),
	SHORT_OUT(UNPROBED_WRONG, 0),
	SHORT_OUT(FILTER_WRONG, 0),
	SHORT_IN(WRAP_WRONG, 0),
	SHORT_IN(TOUCH, 8),
	REFUSES("TOUCH refuses a place that nobody knows", TOUCH, INVALID_PARAMETER, &nowhere, sizeof(nowhere), sizeof(nowhere)),
	REFUSES("LOCK refuses a place that nobody knows", LOCK, INVALID_PARAMETER, &nowhere, sizeof(nowhere), sizeof(nowhere)),
	REFUSES("FREE_DPC refuses a place that nobody knows", FREE_DPC, INVALID_PARAMETER, &nowhere, sizeof(nowhere), sizeof(nowhere)),
	SHORT_OUT(WAIT_WRONG, 0),
};

#define REFUSALS (sizeof(refusals) / sizeof(refusals[0]))

static void test_refusal(void **state)
{
	const struct refusal *refusal = *state;
	unsigned char output[256], poison[256];
	uint64_t information = 77;
	uint32_t status = 0;

	memset(output, POISON, sizeof(output));
	memset(poison, POISON, sizeof(poison));
	assert_int_equal(ntpool_device_io_control(session, device, refusal->code,
						  refusal->input,
						  refusal->input_length, output,
						  refusal->output_length,
						  &status, &information),
			 0);
	assert_int_equal(status, refusal->status);
	assert_int_equal(information, 0);
	assert_memory_equal(output, poison, sizeof(output));
}

int main(void)
{
	struct CMUnitTest tests[REFUSALS];
	uint32_t status = 0;
	size_t i;

	if (ntpool_open(&session, NULL, 0) ||
	    ntpool_device_open(session, NTPOOL_LAB_DEVICE,
			       NTPOOL_DEVICE_READ | NTPOOL_DEVICE_WRITE,
			       &status, &device) ||
	    !NTPOOL_SUCCESS(status)) {
		puts("Bail out! The laboratory's driver cannot be opened.");
		return 1;
	}
	for (i = 0; i < REFUSALS; i++)
		tests[i] = (struct CMUnitTest){
			.name = refusals[i].sentence,
			.test_func = test_refusal,
			.initial_state = (void *)&refusals[i],
		};
	return cmocka_run_group_tests_name("refusals of the laboratory", tests,
					   NULL, NULL);
}
