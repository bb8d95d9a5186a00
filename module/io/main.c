// SPDX-License-Identifier: GPL-2.0-only
/* Starting and stopping: each part after those it needs, and in the reverse order. */
#include "io/build.h"
#include "io/call.h"
#include "io/io.h"
#include "io/mdl.h"
#include "io/namespace.h"
#include "io/timed.h"
#include "kcompat/task_work.h"

static void nothing(void)
{
}

static int nothing_yet(void)
{
	return 0;
}

static const struct {
	int (*start)(void);
	void (*stop)(void);
} parts[] = {
	{ kcompat_task_work_init, nothing },
	{ mdl_init, mdl_exit },
	{ rundown_init, rundown_exit },
	{ io_devices_init, io_devices_exit },
	{ nothing_yet, timed_exit },
	{ nothing_yet, io_names_exit },
	{ io_file_objects_init, io_file_objects_exit },
	{ io_shutdown_init, io_shutdown_exit },
	{ nothing_yet, io_completions_exit },
	{ nothing_yet, irp_answers_flush },
	{ forced_init, forced_exit },
	{ nothing_yet, io_calls_exit },
};

static void stop_parts(unsigned int started)
{
	while (started)
		parts[--started].stop();
}

int io_init(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		err = parts[i].start();
		if (err) {
			stop_parts(i);
			return err;
		}
	}
	return 0;
}

void io_exit(void)
{
	stop_parts(ARRAY_SIZE(parts));
}
