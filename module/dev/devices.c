// SPDX-License-Identifier: GPL-2.0-only
/* Devices of drivers, and requests to them: passed on. */
#include "dev/session.h"
#include "io/io.h"

/**
 * handle_device_open() - NTPOOL_IOC_DEVICE_OPEN
 * @session: the session
 * @u: struct ntpool_device_open
 *
 * Return: 0 or -errno.
 */
int handle_device_open(struct session *session, union ioctl_arg *u)
{
	return io_device_open(session->ios, &u->device_open);
}

/**
 * handle_device_close() - NTPOOL_IOC_DEVICE_CLOSE
 * @session: the session
 * @u: struct ntpool_device_close
 *
 * Return: 0 or -errno.
 */
int handle_device_close(struct session *session, union ioctl_arg *u)
{
	return io_device_close(session->ios, &u->device_close);
}

/**
 * handle_device_io() - NTPOOL_IOC_DEVICE_IO
 * @session: the session
 * @u: struct ntpool_device_io
 *
 * Return: 0 or -errno.
 */
int handle_device_io(struct session *session, union ioctl_arg *u)
{
	return io_device_io(session->ios, &u->device_io);
}

/**
 * handle_device_wait() - NTPOOL_IOC_DEVICE_WAIT
 * @session: the session
 * @u: struct ntpool_device_wait
 *
 * Return: 0 or -errno.
 */
int handle_device_wait(struct session *session, union ioctl_arg *u)
{
	return io_device_wait(session->ios, &u->device_wait);
}

/**
 * handle_device_cancel() - NTPOOL_IOC_DEVICE_CANCEL
 * @session: the session
 * @u: struct ntpool_device_cancel
 *
 * Return: 0 or -errno.
 */
int handle_device_cancel(struct session *session, union ioctl_arg *u)
{
	return io_device_cancel(session->ios, &u->device_cancel);
}
