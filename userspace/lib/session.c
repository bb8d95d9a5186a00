// SPDX-License-Identifier: LGPL-2.1-or-later
/* Opening and closing a session, and what the module tells of itself. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "internal.h"

int ntpool_ioctl(const struct ntpool *session, unsigned long command,
		 void *argument)
{
	return ioctl(session->fd, command, argument) < 0 ? -errno : 0;
}

int ntpool_features(struct ntpool *session, struct ntpool_features *answer)
{
	*answer = (struct ntpool_features){ 0 };
	return ntpool_ioctl(session, NTPOOL_IOC_FEATURES, answer);
}

/* The structs of another version would be misread, so it is refused early. */
static int check_abi(struct ntpool *session)
{
	struct ntpool_features features;
	int err = ntpool_features(session, &features);

	if (err)
		return err;
	return features.abi_version == NTPOOL_ABI_VERSION ? 0 : -EPROTONOSUPPORT;
}

int ntpool_open(struct ntpool **session, const char *path, unsigned int flags)
{
	int mode = O_RDWR | O_CLOEXEC;
	struct ntpool *opened;
	int err;

	if (flags & ~NTPOOL_OPEN_NONBLOCK)
		return -EINVAL;
	if (flags & NTPOOL_OPEN_NONBLOCK)
		mode |= O_NONBLOCK;
	opened = malloc(sizeof(*opened));
	if (!opened)
		return -ENOMEM;
	opened->fd = open(path ? path : NTPOOL_DEVICE, mode);
	err = opened->fd < 0 ? -errno : check_abi(opened);
	if (err) {
		ntpool_close(opened);
		return err;
	}
	*session = opened;
	return 0;
}

void ntpool_close(struct ntpool *session)
{
	if (!session)
		return;
	if (session->fd >= 0)
		close(session->fd);
	free(session);
}

int ntpool_fd(const struct ntpool *session)
{
	return session->fd;
}

int ntpool_stats(struct ntpool *session, struct ntpool_stats *answer)
{
	struct ntpool_stats_get get = {
		.stats = ntpool_pointer(answer),
		.size = sizeof(*answer),
	};

	return ntpool_ioctl(session, NTPOOL_IOC_STATS, &get);
}
