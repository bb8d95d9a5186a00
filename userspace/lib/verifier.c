// SPDX-License-Identifier: LGPL-2.1-or-later
/* The verifier, and special pool for a session. */
#include "internal.h"

int ntpool_verifier(struct ntpool *session, struct ntpool_verifier *answer)
{
	*answer = (struct ntpool_verifier){ .set = 0 };
	return ntpool_ioctl(session, NTPOOL_IOC_VERIFIER, answer);
}

int ntpool_set_verifier(struct ntpool *session, struct ntpool_verifier *verifier)
{
	verifier->set = 1;
	return ntpool_ioctl(session, NTPOOL_IOC_VERIFIER, verifier);
}

int ntpool_special_pool(struct ntpool *session, int on)
{
	struct ntpool_special special = { .on = !!on };

	return ntpool_ioctl(session, NTPOOL_IOC_SPECIAL, &special);
}
