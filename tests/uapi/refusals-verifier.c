// SPDX-License-Identifier: GPL-2.0-only
/* One test for each wrong field of verifier and special. */
#include "uapi.h"

#define ASK(sentence, ...)                                                                   \
	REFUSAL("verifier refuses " sentence " where it is only asked", NTPOOL_IOC_VERIFIER, \
		EINVAL, __VA_ARGS__)
#define VERIFIER(sentence, error, ...)                                    \
	REFUSAL("verifier refuses " sentence, NTPOOL_IOC_VERIFIER, error, \
		SET(ntpool_verifier, set, 1), __VA_ARGS__)
#define SPECIAL(sentence, ...) \
	REFUSAL("special refuses " sentence, NTPOOL_IOC_SPECIAL, EINVAL, __VA_ARGS__)

/* Four bytes in a row of an array. */
#define BYTES(field, at, value)                                                \
	{                                                                      \
		offsetof(struct ntpool_verifier, field) + (at), 4, value, NULL \
	}

static const struct refusal refusals[] = {
	REFUSAL("verifier refuses to be both asked and set", NTPOOL_IOC_VERIFIER, EINVAL,
		SET(ntpool_verifier, set, 2)),
	ASK("flags", SET(ntpool_verifier, flags, NTPOOL_VERIFIER_SPECIAL_POOL)),
	ASK("a tag", BYTES(tags, 0, TEST_TAG)),
	ASK("the last tag", BYTES(tags, 28, TEST_TAG)),
	ASK("a smallest size", SET(ntpool_verifier, size_min, 1)),
	ASK("a largest size", SET(ntpool_verifier, size_max, 1)),
	ASK("a probability", SET(ntpool_verifier, probability, 1)),
	ASK("a grace period", SET(ntpool_verifier, grace, 1)),
	ASK("a process", BYTES(process, 12, 0x61)),
	ASK("a driver", BYTES(driver, 52, 0x61)),

	VERIFIER("a flag that nobody knows", EINVAL, SET(ntpool_verifier, flags, 0x20)),
	VERIFIER("the highest flag", EINVAL, SET(ntpool_verifier, flags, 0x80000000)),
	VERIFIER("a tag with a control character", EINVAL, BYTES(tags, 0, TAG('A', 0x1f, 'c', 'd'))),
	VERIFIER("a tag that goes on behind a 0", EINVAL, BYTES(tags, 0, TAG('A', 0, 'c', 'd'))),
	VERIFIER("a tag behind the end of the tags", EINVAL, BYTES(tags, 4, TEST_TAG)),
	VERIFIER("sizes of which there are none", EINVAL, SET(ntpool_verifier, size_min, 2), SET(ntpool_verifier, size_max, 1)),
	VERIFIER("a probability of more than all", EINVAL, SET(ntpool_verifier, probability, 10001)),

	SPECIAL("flags", SET(ntpool_special, flags, 1)),
	SPECIAL("to be more than on", SET(ntpool_special, on, 2)),
};

int main(void)
{
	return run_refusals("refusals of the verifier", refusals,
			    sizeof(refusals) / sizeof(refusals[0]));
}
