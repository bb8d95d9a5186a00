// SPDX-License-Identifier: LGPL-2.1-or-later
/* The tag table, and tags as text. */
#include <errno.h>
#include <stdlib.h>

#include "internal.h"

/*
 * The table may grow between the question how long it is and the question for
 * its rows.  Some room is added, and it is asked again until all rows fit.
 */
int ntpool_tags(struct ntpool *session, struct ntpool_tag **rows, size_t *count)
{
	struct ntpool_tags get = { 0 };
	struct ntpool_tag *array = NULL;
	uint32_t room;
	int err;

	err = ntpool_ioctl(session, NTPOOL_IOC_TAGS, &get);
	while (!err) {
		free(array);
		room = get.total + 16;
		array = calloc(room, sizeof(*array));
		if (!array)
			return -ENOMEM;
		get = (struct ntpool_tags){
			.array = ntpool_pointer(array),
			.count = room,
		};
		err = ntpool_ioctl(session, NTPOOL_IOC_TAGS, &get);
		if (!err && get.total <= room) {
			*rows = array;
			*count = get.count;
			return 0;
		}
	}
	free(array);
	return err;
}

/* In the same manner. */
int ntpool_usage(struct ntpool *session, uint32_t by,
		 struct ntpool_usage_row **rows, size_t *count)
{
	struct ntpool_usage get = { .by = by };
	struct ntpool_usage_row *array = NULL;
	uint32_t room;
	int err;

	err = ntpool_ioctl(session, NTPOOL_IOC_USAGE, &get);
	while (!err) {
		free(array);
		room = get.total + 16;
		array = calloc(room, sizeof(*array));
		if (!array)
			return -ENOMEM;
		get = (struct ntpool_usage){
			.array = ntpool_pointer(array),
			.count = room,
			.by = by,
		};
		err = ntpool_ioctl(session, NTPOOL_IOC_USAGE, &get);
		if (!err && get.total <= room) {
			*rows = array;
			*count = get.count;
			return 0;
		}
	}
	free(array);
	return err;
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
