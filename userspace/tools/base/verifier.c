// SPDX-License-Identifier: GPL-2.0-only
/* Driver Verifier's settings, to be put back as they were. */
#include <stddef.h>
#include <string.h>

#include "base/say.h"
#include "base/session.h"
#include "base/verifier.h"

/* What is set comes first; behind it is what has come of it. */
#define SETTINGS offsetof(struct ntpool_verifier, attempted)

bool verifier_remember(struct ntpool_verifier *settings)
{
	struct ntpool *session = open_session(0);
	int err;

	if (!session)
		return false;
	err = ntpool_verifier(session, settings);
	ntpool_close(session);
	if (err)
		fail("cannot ask for the verifier's settings: %s", strerror(-err));
	return !err;
}

/* Left alone where they are the same, as to set them is to begin to count anew. */
void verifier_restore(const struct ntpool_verifier *settings)
{
	struct ntpool *session = open_session(0);
	struct ntpool_verifier now, wanted = { 0 };
	int err;

	if (!session)
		return;
	memcpy(&wanted, settings, SETTINGS);
	err = ntpool_verifier(session, &now);
	if (!err && memcmp(&now, &wanted, SETTINGS)) {
		wanted.set = 1;
		err = ntpool_set_verifier(session, &wanted);
	}
	if (err)
		fail("cannot put the verifier back: %s", strerror(-err));
	ntpool_close(session);
}
