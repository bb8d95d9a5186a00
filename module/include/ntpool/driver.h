/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The glue between a driver written for NT and a Linux module.  nt-driver.mk includes
 * this in every file of a driver; one of them, beside the driver's own, says
 *
 *	NTPOOL_DRIVER("name", "GPL");
 *
 * Loading the module then calls DriverEntry(), unloading it DriverUnload().
 */
#ifndef _NTPOOL_DRIVER_H
#define _NTPOOL_DRIVER_H

#include <linux/init.h>
#include <linux/module.h>

struct _DRIVER_OBJECT;
struct _UNICODE_STRING;

/**
 * struct ntpool_driver - a driver written for NT
 * @name: what NT calls the service; its object is \Driver\name
 * @entry: its DriverEntry()
 * @module: the module that it is
 * @object: its DRIVER_OBJECT while it is loaded
 */
struct ntpool_driver {
	const char *name;
	int (*entry)(struct _DRIVER_OBJECT *object,
		     struct _UNICODE_STRING *registry_path);
	struct module *module;
	struct _DRIVER_OBJECT *object;
};

int ntpool_driver_load(struct ntpool_driver *driver);
void ntpool_driver_unload(struct ntpool_driver *driver);

/* clang-format off */
#define NTPOOL_DRIVER(service, license)						\
int DriverEntry(struct _DRIVER_OBJECT *object,					\
		struct _UNICODE_STRING *registry_path);				\
										\
static struct ntpool_driver ntpool_driver_ = {					\
	.name = service,							\
	.entry = DriverEntry,							\
	.module = THIS_MODULE,							\
};										\
										\
static int __init ntpool_driver_init_(void)					\
{										\
	return ntpool_driver_load(&ntpool_driver_);				\
}										\
										\
static void __exit ntpool_driver_exit_(void)					\
{										\
	ntpool_driver_unload(&ntpool_driver_);					\
}										\
										\
module_init(ntpool_driver_init_);						\
module_exit(ntpool_driver_exit_);						\
MODULE_DESCRIPTION("NT driver " service);					\
MODULE_LICENSE(license)
/* clang-format on */

#endif /* _NTPOOL_DRIVER_H */
