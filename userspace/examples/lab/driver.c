// SPDX-License-Identifier: GPL-2.0-only
/* The lab's driver, as an example speaks to it. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/lab_device.h"
#include "base/session.h"
#include "lab/inside.h"

#define PATIENCE_MS 5000

void open_lab(void)
{
	char *refusal;

	session = open_session(NTPOOL_OPEN_NONBLOCK);
	if (!session)
		exit(1);
	refusal = open_lab_device(session, &device);
	if (!refusal)
		return;
	check(false, "%s", refusal);
	exit(1);
}

unsigned int device_cpu(void)
{
	struct ntpool_features features;

	must(ntpool_features(session, &features), "ask for the CPUs");
	return features.cpus - 1;
}

static const char *status_text(uint32_t status)
{
	static char text[64];
	const char *name = ntpool_status_name(status);

	snprintf(text, sizeof(text), "0x%08x %s", status, name ? name : "");
	return text;
}

static struct result result_of(uint32_t status, uint64_t information)
{
	tell("status", "%s", status_text(status));
	if (information)
		tell("Information", "%" PRIu64, information);
	return (struct result){ status, information, true };
}

void set_device(unsigned int cpu, unsigned int delay_ms)
{
	struct ntpool_lab_device next = {
		.cpu = cpu,
		.delay_ns = delay_ms * 1000000ull,
	};
	uint64_t information;
	uint32_t status;

	memcpy(next.data, DATA, LENGTH);
	must(ntpool_device_io_control(session, device, NTPOOL_LAB_SET_DEVICE,
				      &next, sizeof(next), NULL, 0, &status,
				      &information),
	     "set the device");
	must(NTPOOL_SUCCESS(status) ? 0 : -EINVAL, "set the device");
}

struct result control(uint32_t code, const void *input, size_t input_length,
		      void *output, size_t output_length)
{
	uint64_t information = 0;
	uint32_t status = 0;

	must(ntpool_device_io_control(session, device, code, input,
				      input_length, output, output_length,
				      &status, &information),
	     "send a request");
	return result_of(status, information);
}

void start_io(struct ntpool_device_io *io)
{
	io->device = device;
	io->major = NTPOOL_IO_CONTROL;
	must(ntpool_device_start(session, io), "start a request");
}

uint64_t start(uint32_t code, const void *input, size_t input_length,
	       void *output, size_t output_length)
{
	struct ntpool_device_io io = {
		.code = code,
		.input = (uintptr_t)input,
		.output = (uintptr_t)output,
		.input_length = input_length,
		.output_length = output_length,
		.eventfd = -1,
	};

	start_io(&io);
	if (io.status != STATUS_PENDING)
		tell("answered", "%s", status_text(io.status));
	return io.request;
}

struct result finish_within(uint64_t request, unsigned int ms)
{
	struct result result = { 0 };
	int err;

	if (!request)
		return result;
	err = ntpool_device_wait(session, request, ms * 1000000ull, 0,
				 &result.status, &result.information);
	if (err == -ETIMEDOUT) {
		tell("status", "none after %u ms", ms);
		return result;
	}
	must(err, "wait for a request");
	return result_of(result.status, result.information);
}

struct result finish(uint64_t request)
{
	return finish_within(request, PATIENCE_MS);
}

void cancel(uint64_t request)
{
	must(ntpool_device_cancel(session, 0, request, NULL),
	     "cancel a request");
}

static void ask(uint32_t code, void *answer, size_t length)
{
	uint64_t information = 0;
	uint32_t status = 0;

	memset(answer, 0, length);
	must(ntpool_device_io_control(session, device, code, NULL, 0, answer,
				      length, &status, &information),
	     "ask the driver");
	must(NTPOOL_SUCCESS(status) && information == length ? 0 : -EIO,
	     "ask the driver");
}

static const char *outcome_text(uint32_t outcome)
{
	static const char *const texts[] = {
		[NTPOOL_LAB_NOTHING] = "nothing",
		[NTPOOL_LAB_WRITTEN] = "written",
		[NTPOOL_LAB_STRANGER] = "refused: it has not volunteered",
		[NTPOOL_LAB_NO_USER_SPACE] = "refused: no user space",
		[NTPOOL_LAB_NOT_RESIDENT] = "no page to be written",
		[NTPOOL_LAB_SYSTEM] = "refused: a system address",
	};

	return outcome <= NTPOOL_LAB_SYSTEM ? texts[outcome] : "?";
}

struct ntpool_lab_evidence evidence(void)
{
	struct ntpool_lab_evidence found;
	const char *irql;

	ask(NTPOOL_LAB_EVIDENCE, &found, sizeof(found));
	if (!found.comm[0])
		return found;
	irql = ntpool_irql_name(found.irql);
	if (found.outcome != NTPOOL_LAB_NOTHING)
		tell("driver wrote to", "0x%" PRIx64, (uint64_t)found.address);
	tell("running then", "%.*s, %u, on CPU %u at %s", NTPOOL_COMM_LEN,
	     found.comm, found.pid, found.cpu, irql ? irql : "?");
	if (found.outcome == NTPOOL_LAB_NOTHING)
		return found;
	tell("the write", "%s", outcome_text(found.outcome));
	if (found.outcome == NTPOOL_LAB_WRITTEN) {
		tell("bytes before", "\"%s\"", letters(found.before, 16));
		tell("bytes after", "\"%s\"", letters(found.after, 16));
	}
	return found;
}

struct ntpool_lab_decoy decoy(void)
{
	struct ntpool_lab_decoy found;

	ask(NTPOOL_LAB_DECOY, &found, sizeof(found));
	tell("decoy", "0x%" PRIx64 " \"%s\"", (uint64_t)found.address,
	     letters(found.content, 16));
	return found;
}
