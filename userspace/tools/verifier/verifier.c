// SPDX-License-Identifier: GPL-2.0-only
/* ntpool verifier: NT's Driver Verifier for what uses the pools. */
#include <errno.h>
#include <string.h>

#include "base/say.h"
#include "base/session.h"
#include "commands.h"
#include "verifier/verifier.h"

const struct verifier_bit verifier_bits[] = {
	{ NTPOOL_VERIFIER_SPECIAL_POOL, "special", "Special pool" },
	{ NTPOOL_VERIFIER_FORCE_IRQL, "irql", "Force IRQL checking" },
	{ NTPOOL_VERIFIER_LOW_RESOURCES, "faults",
	  "Inject random low-resource API failures" },
	{ NTPOOL_VERIFIER_POOL_TRACKING, "tracking", "All pool allocations checked on unload" },
	{ NTPOOL_VERIFIER_IO, "io", "I/O verification" },
	{ NTPOOL_VERIFIER_FORCE_PENDING, "pending", "Force pending I/O requests" },
	{ NTPOOL_VERIFIER_SYSTEMATIC, "systematic",
	  "Systematic low resources simulation" },
	{ 0, NULL, NULL },
};

static int refused(const struct ntpool_verifier *wanted, int err)
{
	if (err == -EPERM)
		return fail("what is verified is for root to say: run as root");
	if (err == -EOPNOTSUPP)
		return fail("this kernel keeps no call stacks, which 0x40000 needs");
	if (err == -EINVAL)
		return fail("the module knows of no such bits: 0x%x", wanted->flags);
	return fail("the module does not answer: %s", strerror(-err));
}

int verifier_main(int argc, char **argv)
{
	struct verifier_arguments arguments;
	struct ntpool *session;
	int err;

	verifier_parse(argc, argv, &arguments);
	session = open_session(0);
	if (!session)
		return 1;
	if (arguments.set)
		err = ntpool_set_verifier(session, &arguments.wanted);
	else
		err = ntpool_verifier(session, &arguments.wanted);
	ntpool_close(session);
	if (err)
		return refused(&arguments.wanted, err);
	if (arguments.json)
		verifier_json(&arguments.wanted);
	else
		verifier_text(&arguments.wanted);
	return 0;
}
