// SPDX-License-Identifier: LGPL-2.1-or-later
/* The tag table, and tags as text. */
#include <errno.h>
#include <stdlib.h>

#include "internal.h"

/* A command that gives a table: its fields in @arg, and the bytes of a row. */
struct table {
	unsigned long command;
	void *arg;
	__u64 *array;
	__u32 *count;
	const __u64 *total;
	size_t row;
};

/*
 * The table may grow between the question how long it is and the question for
 * its rows.  Some room is added, and it is asked again until all rows fit.
 */
static int whole_table(struct ntpool *session, const struct table *table,
		       void **rows)
{
	void *array = NULL;
	uint32_t room = 0;
	int err;

	for (;;) {
		*table->array = ntpool_pointer(array);
		*table->count = room;
		err = ntpool_ioctl(session, table->command, table->arg);
		if (err || (array && *table->total <= room))
			break;
		free(array);
		room = *table->total + 16;
		array = calloc(room, table->row);
		if (!array)
			return -ENOMEM;
	}
	if (err)
		free(array);
	else
		*rows = array;
	return err;
}

int ntpool_tags(struct ntpool *session, struct ntpool_tag **rows, size_t *count)
{
	struct ntpool_tags get = { 0 };
	const struct table table = { NTPOOL_IOC_TAGS, &get, &get.array,
				     &get.count, &get.total, sizeof(**rows) };
	void *array;
	int err = whole_table(session, &table, &array);

	if (err)
		return err;
	*rows = array;
	*count = get.count;
	return 0;
}

int ntpool_usage(struct ntpool *session, uint32_t by,
		 struct ntpool_usage_row **rows, size_t *count)
{
	struct ntpool_usage get = { .by = by };
	const struct table table = { NTPOOL_IOC_USAGE, &get, &get.array,
				     &get.count, &get.total, sizeof(**rows) };
	void *array;
	int err = whole_table(session, &table, &array);

	if (err)
		return err;
	*rows = array;
	*count = get.count;
	return 0;
}

/* The first character is the lowest byte, as it lies in memory. */
int ntpool_tag_pack(const char *text, uint32_t *tag)
{
	uint32_t packed = 0;
	int i;

	for (i = 0; text[i]; i++) {
		if (i == 4 || text[i] < 0x20 || text[i] > 0x7e)
			return -EINVAL;
		packed |= (uint32_t)text[i] << (8 * i);
	}
	if (!i)
		return -EINVAL;
	*tag = packed;
	return 0;
}

char *ntpool_tag_unpack(uint32_t tag, char text[NTPOOL_TAG_TEXT])
{
	int i;

	for (i = 0; i < 4; i++, tag >>= 8) {
		unsigned char c = tag;

		text[i] = c == 0 || (c >= 0x20 && c <= 0x7e) ? c : '.';
	}
	text[4] = '\0';
	return text;
}
