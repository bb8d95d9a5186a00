// SPDX-License-Identifier: GPL-2.0-only
/* One test for each field of volunteer, request and result that can be wrong. */
#include "uapi.h"

#define VOLUNTEER(sentence, error, ...) \
	REFUSAL("volunteer refuses " sentence, NTPOOL_IOC_VOLUNTEER, error, __VA_ARGS__)
#define REQUEST(sentence, error, ...) \
	REFUSAL("request refuses " sentence, NTPOOL_IOC_REQUEST, error, __VA_ARGS__)
#define NAIVE(sentence, ...) \
	REQUEST(sentence, EINVAL, SET(ntpool_request, variant, NTPOOL_VARIANT_NAIVE), __VA_ARGS__)
#define RESULT(sentence, error, ...) \
	REFUSAL("result refuses " sentence, NTPOOL_IOC_RESULT, error, __VA_ARGS__)

static const struct refusal refusals[] = {
	VOLUNTEER("flags", EINVAL, SET(ntpool_volunteer, flags, 1)),
	VOLUNTEER("padding that is not zero", EINVAL, SET(ntpool_volunteer, pad, 1)),
	VOLUNTEER("a start that is not aligned", EINVAL, SET(ntpool_volunteer, start, PAGE + 8)),
	VOLUNTEER("a length that is not aligned", EINVAL, SET(ntpool_volunteer, length, 100)),
	VOLUNTEER("a range that overflows", EOVERFLOW, SET(ntpool_volunteer, start, 0ull - PAGE), SET(ntpool_volunteer, length, 2 * PAGE)),
	VOLUNTEER("a range in system space", EFAULT, SET(ntpool_volunteer, start, 0xffff888000000000)),
	VOLUNTEER("a range that reaches out of user space", EFAULT, SET(ntpool_volunteer, length, 1ull << 62)),

	REQUEST("flags", EINVAL, SET(ntpool_request, flags, 1)),
	REQUEST("a variant that nobody knows", EINVAL, SET(ntpool_request, variant, 4)),
	REQUEST("the highest number as variant", EINVAL, SET(ntpool_request, variant, 0xffffffff)),
	REQUEST("a CPU that is not there", EINVAL, SET(ntpool_request, cpu, 4095)),
	REQUEST("a CPU far beyond all that there can be", EINVAL, SET(ntpool_request, cpu, 0xfffffffe)),
	REQUEST("length 0", EINVAL, SET(ntpool_request, length, 0)),
	REQUEST("more than the greatest length", EINVAL, SET(ntpool_request, length, NTPOOL_REQUEST_MAX_LENGTH + 1)),
	REQUEST("more than the greatest delay", EINVAL, SET(ntpool_request, delay_ns, NTPOOL_REQUEST_MAX_DELAY_NS + 1)),
	REQUEST("a buffer that overflows", EOVERFLOW, SET(ntpool_request, buffer, ~0ull - 3)),
	REQUEST("a buffer in system space", EFAULT, SET(ntpool_request, buffer, 0xffff888000000000)),
	NAIVE("a naive one of more than a page", SET(ntpool_request, length, PAGE + 1)),
	NAIVE("a naive one across a page's end", SET(ntpool_request, buffer, PAGE - 4)),

	RESULT("a flag that nobody knows", EINVAL, SET(ntpool_result, flags, 2)),
	RESULT("a time to wait where there is none", EINVAL, SET(ntpool_result, flags, NTPOOL_RESULT_NOWAIT), SET(ntpool_result, timeout_ns, 1)),
	RESULT("handle 0", ENOENT, SET(ntpool_result, request, 0)),
	RESULT("a handle that was never given", ENOENT, SET(ntpool_result, request, 77777)),
	RESULT("a handle with high bits added", ENOENT, LIVE(ntpool_result, request, high)),
	RESULT("to wait where it was told not to", EAGAIN, SET(ntpool_result, flags, NTPOOL_RESULT_NOWAIT)),
	RESULT("to wait longer than it was told", ETIMEDOUT, SET(ntpool_result, timeout_ns, MILLISECOND)),
};

int main(void)
{
	return run_refusals("refusals of I/O", refusals,
			    sizeof(refusals) / sizeof(refusals[0]));
}
