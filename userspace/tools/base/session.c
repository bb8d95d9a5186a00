// SPDX-License-Identifier: GPL-2.0-only
/* Opening the device, and one clear sentence where that fails. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "base/session.h"

static void explain(const char *path, int err)
{
	switch (-err) {
	case ENOENT:
	case ENXIO:
	case ENODEV:
		fail("%s is missing, because the module is not loaded: load it as root with 'modprobe ntpool', or with 'insmod' from the build tree",
		     path);
		break;
	case EACCES:
	case EPERM:
		fail("%s may not be opened by this user: run as root, or ask for access to the device",
		     path);
		break;
	case EPROTONOSUPPORT:
		fail("the module loaded speaks another version of the interface than this program (version %d): build and load both from the same tree",
		     NTPOOL_ABI_VERSION);
		break;
	case ENOTTY:
		fail("%s is not the device of ntpool: unset NTPOOL_DEVICE, or point it to the right one",
		     path);
		break;
	default:
		fail("cannot open %s: %s", path, strerror(-err));
	}
}

const char *device_path(void)
{
	const char *path = getenv("NTPOOL_DEVICE");

	return path && *path ? path : NTPOOL_DEVICE;
}

struct ntpool *open_session(unsigned int flags)
{
	const char *path = device_path();
	struct ntpool *session;
	int err;

	err = ntpool_open(&session, path, flags);
	if (!err)
		return session;
	explain(path, err);
	return NULL;
}

/* The bug checks of others are for the same capability as the rest. */
bool sees_others(struct ntpool *session)
{
	return ntpool_rewind_events(session) != -EPERM;
}
