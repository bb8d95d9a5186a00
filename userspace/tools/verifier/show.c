// SPDX-License-Identifier: GPL-2.0-only
/* The verifier's settings and statistics, as text and as JSON. */
#include <inttypes.h>
#include <stdio.h>

#include "base/json.h"
#include "base/say.h"
#include "base/units.h"
#include "verifier/verifier.h"

/* Statistics in the order shown: most as !verifier names them. */
static const struct row {
	const char *key;
	const char *label;
	size_t offset;
} rows[] = {
#define ROW(field, label)                                              \
	{                                                              \
#field, label, offsetof(struct ntpool_verifier, field) \
	}
	ROW(raises, "RaiseIrqls"),
	ROW(trimmed, "Trims"),
	ROW(attempted, "Pool Allocations Attempted"),
	ROW(succeeded, "Pool Allocations Succeeded"),
	ROW(succeeded_special, "Pool Allocations Succeeded SpecialPool"),
	ROW(failed_deliberately, "Resource Allocations Failed Deliberately"),
	ROW(forced_pending, "Requests forced pending"),
	ROW(tracked, "Current allocations tracked"),
	ROW(tracked_bytes, "Current bytes tracked"),
	ROW(tracked_peak, "Peak allocations tracked"),
	ROW(leaked, "Allocations left behind"),
	ROW(special_pages, "Special pool: pages of address space"),
	ROW(special_live, "Special pool: pages in use"),
	ROW(special_kept, "Special pool: freed pages kept unmapped"),
	ROW(special_fallbacks, "Special pool: requests it had no room for"),
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static uint64_t value_of(const struct ntpool_verifier *v, const struct row *row)
{
	return *(const __u64 *)((const char *)v + row->offset);
}

static void print_bits(const struct ntpool_verifier *v)
{
	const struct verifier_bit *bit = verifier_bits;

	if (!v->flags) {
		printf("%sThe verifier is off.%s\n", paint(BOLD), paint(PLAIN));
		return;
	}
	printf("%sVerify Level %x%s ... enabled options are:\n", paint(BOLD),
	       v->flags, paint(PLAIN));
	for (; bit->bit; bit++)
		if (v->flags & bit->bit)
			printf("        %s\n", bit->name);
}

static void print_tags(const struct ntpool_verifier *v)
{
	char tag[NTPOOL_TAG_TEXT];
	unsigned int i;

	if (!v->tags[0])
		return;
	printf("  with a tag");
	for (i = 0; i < NTPOOL_VERIFIER_TAGS && v->tags[i]; i++)
		printf("%s '%s'", i ? " or" : "",
		       ntpool_tag_unpack(v->tags[i], tag));
	putchar('\n');
}

static void print_choice(const struct ntpool_verifier *v)
{
	char from[BYTES_TEXT], to[BYTES_TEXT];

	printf("\nof allocations\n");
	print_tags(v);
	if (v->size_max)
		printf("  of %s to %s\n", format_bytes(v->size_min, from),
		       format_bytes(v->size_max, to));
	else if (v->size_min)
		printf("  of %s and more\n", format_bytes(v->size_min, from));
	printf("  by %s%.*s%s%.*s\n", v->driver[0] ? "the module " : "any module",
	       (int)sizeof(v->driver), v->driver,
	       v->process[0] ? ", for the process " : ", for any process",
	       (int)sizeof(v->process), v->process);
	if (v->flags & NTPOOL_VERIFIER_LOW_RESOURCES)
		printf("  of which %g %% fail, from %u seconds after the start on\n",
		       v->probability / (NTPOOL_VERIFIER_CERTAIN / 100.0), v->grace);
}

void verifier_text(const struct ntpool_verifier *v)
{
	size_t i;

	print_bits(v);
	if (v->flags)
		print_choice(v);
	putchar('\n');
	for (i = 0; i < ROWS; i++)
		printf("  %-42s %10" PRIu64 "\n", rows[i].label,
		       value_of(v, &rows[i]));
}

static struct json_object *bits_json(const struct ntpool_verifier *v)
{
	struct json_object *array = json_object_new_array();
	const struct verifier_bit *bit = verifier_bits;

	for (; bit->bit; bit++)
		if (v->flags & bit->bit)
			json_object_array_add(array, json_object_new_string(bit->word));
	return array;
}

static struct json_object *tags_json(const struct ntpool_verifier *v)
{
	struct json_object *array = json_object_new_array();
	char tag[NTPOOL_TAG_TEXT];
	unsigned int i;

	for (i = 0; i < NTPOOL_VERIFIER_TAGS && v->tags[i]; i++)
		json_object_array_add(array, json_object_new_string(ntpool_tag_unpack(v->tags[i], tag)));
	return array;
}

void verifier_json(const struct ntpool_verifier *v)
{
	struct json_object *object = json_object_new_object();
	struct json_object *stats = json_object_new_object();
	char text[NTPOOL_NAME_LEN + 1];
	size_t i;

	json_object_object_add(object, "flags", json_hex(v->flags));
	json_object_object_add(object, "options", bits_json(v));
	json_object_object_add(object, "tags", tags_json(v));
	json_add_number(object, "size_min", v->size_min);
	json_add_number(object, "size_max", v->size_max);
	snprintf(text, sizeof(text), "%.*s", (int)sizeof(v->driver), v->driver);
	json_add_text(object, "driver", text);
	snprintf(text, sizeof(text), "%.*s", (int)sizeof(v->process), v->process);
	json_add_text(object, "process", text);
	json_add_number(object, "probability", v->probability);
	json_add_number(object, "grace_seconds", v->grace);
	for (i = 0; i < ROWS; i++)
		json_add_number(stats, rows[i].key, value_of(v, &rows[i]));
	json_object_object_add(object, "stats", stats);
	json_print(object);
}
