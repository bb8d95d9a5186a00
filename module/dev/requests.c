// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ioctls of deferred I/O: io checks its own structs.
 */
#include "dev/session.h"

/**
 * handle_volunteer() - NTPOOL_IOC_VOLUNTEER
 * @session: the session
 * @u: struct ntpool_volunteer
 *
 * Return: 0 or -errno.
 */
int handle_volunteer(struct session *session, union ioctl_arg *u)
{
	return io_volunteer(session->ios, &u->volunteer);
}

/**
 * handle_request() - NTPOOL_IOC_REQUEST
 * @session: the session
 * @u: struct ntpool_request
 *
 * Return: 0 or -errno.
 */
int handle_request(struct session *session, union ioctl_arg *u)
{
	return io_request_start(session->ios, &u->request);
}

/**
 * handle_result() - NTPOOL_IOC_RESULT
 * @session: the session
 * @u: struct ntpool_result
 *
 * Return: 0 or -errno.
 */
int handle_result(struct session *session, union ioctl_arg *u)
{
	return io_request_result(session->ios, &u->result,
				 session_sees_addresses());
}
