// SPDX-License-Identifier: GPL-2.0-only
/* ntpool status: what the module can do here, and what it has done. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/options.h"
#include "base/proc.h"
#include "base/say.h"
#include "base/session.h"
#include "base/units.h"
#include "commands.h"

enum unit { COUNT,
	    PAGES,
	    BYTES };

/* The rows in the order shown; each is a counter of struct ntpool_stats. */
struct row {
	const char *section;
	const char *key;
	const char *label;
	enum unit unit;
	size_t offset;
};

#define ROW(section, field, label, unit)                                           \
	{                                                                          \
		section, #field, label, unit, offsetof(struct ntpool_stats, field) \
	}

static const struct row rows[] = {
	ROW("Working set", resident_pages, "resident now", PAGES),
	ROW("Working set", resident_peak, "resident at most", PAGES),
	ROW("Working set", pinned_pages, "of these pinned now", PAGES),
	ROW("Working set", swapped_pages, "in swap only, now", PAGES),
	ROW("Working set", trimmed, "trimmed", PAGES),
	ROW("Working set", trim_batches, "in so many batches", COUNT),
	ROW("Working set", written_out, "written out on request", PAGES),
	ROW("Faults", demand_zero_faults, "demand-zero", COUNT),
	ROW("Faults", transition_faults, "transition (soft)", COUNT),
	ROW("Faults", hard_faults, "hard (read from swap)", COUNT),
	ROW("Faults", mapped_around, "neighbours mapped along", PAGES),
	ROW("Faults", refused_faults, "refused (IRQL too high)", COUNT),
	ROW("Faults", failed_faults, "failed (page not to be had)", COUNT),
	ROW("Paged pool", paged_allocs, "allocations", COUNT),
	ROW("Paged pool", paged_frees, "frees", COUNT),
	ROW("Paged pool", paged_bytes, "in use now", BYTES),
	ROW("Paged pool", paged_peak_bytes, "in use at most", BYTES),
	ROW("Paged pool", paged_pages, "pages taken", PAGES),
	ROW("Paged pool", paged_peak_pages, "pages taken at most", PAGES),
	ROW("Paged pool", paged_limit_pages, "limit", PAGES),
	ROW("Paged pool", paged_refused, "refused for the limit", COUNT),
	ROW("Paged pool", arena_pages, "address space allocated", PAGES),
	ROW("Paged pool", arena_reserved_pages, "address space reserved", PAGES),
	ROW("Nonpaged pool", nonpaged_allocs, "allocations", COUNT),
	ROW("Nonpaged pool", nonpaged_frees, "frees", COUNT),
	ROW("Nonpaged pool", nonpaged_bytes, "in use now", BYTES),
	ROW("Nonpaged pool", nonpaged_peak_bytes, "in use at most", BYTES),
	ROW("Nonpaged pool", nonpaged_pages, "pages taken", PAGES),
	ROW("Nonpaged pool", nonpaged_peak_pages, "pages taken at most", PAGES),
	ROW("Nonpaged pool", nonpaged_limit_pages, "limit", PAGES),
	ROW("Nonpaged pool", nonpaged_refused, "refused for the limit", COUNT),
	ROW("Quotas", quota_processes, "processes with an account", COUNT),
	ROW("Quotas", quota_paged_bytes, "paged pool charged now", BYTES),
	ROW("Quotas", quota_nonpaged_bytes, "nonpaged pool charged now", BYTES),
	ROW("Activity", failed_allocs, "allocations that failed", COUNT),
	ROW("Activity", bugchecks, "bug checks", COUNT),
	ROW("Activity", sessions, "sessions open", COUNT),
	ROW("Activity", requests_started, "requests started", COUNT),
	ROW("Activity", requests_completed, "requests completed", COUNT),
};

struct status {
	struct ntpool_features features;
	struct ntpool_stats stats;
	uint64_t swap_total, swap_free;
};

static uint64_t value_of(const struct status *status, const struct row *row)
{
	uint64_t value;

	memcpy(&value, (const char *)&status->stats + row->offset,
	       sizeof(value));
	return value;
}

static bool has(const struct status *status, uint64_t feature)
{
	return status->features.features & feature;
}

/* One line a feature: what it is, whether it is there, and what follows. */
static void print_features(const struct status *status)
{
	const char *reason = status->features.reason;
	char total[BYTES_TEXT], unused[BYTES_TEXT];

	printf("%sntpool%s is loaded: interface version %u, %u CPUs, pages of %u bytes\n",
	       paint(BOLD), paint(PLAIN), status->features.abi_version,
	       status->features.cpus, status->features.page_size);
	if (has(status, NTPOOL_FEATURE_PAGING))
		printf("  %-30s %syes%s: the page-fault hook is in place\n",
		       "paged pool pages", paint(GOOD), paint(PLAIN));
	else
		printf("  %-30s %sno%s: %s; paged pool stays resident\n",
		       "paged pool pages", paint(BAD), paint(PLAIN),
		       *reason ? reason : "the module gives no reason");
	printf("  %-30s %s\n", "writing out on request",
	       has(status, NTPOOL_FEATURE_WRITE_OUT) ? "yes" : "no");
	if (has(status, NTPOOL_FEATURE_SWAP))
		printf("  %-30s yes: %s, of which %s free\n", "swap space",
		       format_bytes(status->swap_total, total),
		       format_bytes(status->swap_free, unused));
	else
		printf("  %-30s no: trimmed pages have nowhere to go (see swapon(8))\n",
		       "swap space");
	printf("  %-30s %s\n", "kernel reads user memory raw",
	       has(status, NTPOOL_FEATURE_RAW_USER) ? "yes: SMAP is off" :
						      "no: SMAP is on");
}

static const char *target_of(const struct status *status)
{
	const char *name = ntpool_target_name(status->stats.target);

	return name ? name : "unknown";
}

/* The names of the pool events that are set, with a blank before each. */
static void print_conditions(const struct status *status)
{
	uint32_t i;

	printf("  %-30s", "pool events set");
	for (i = 0; i < NTPOOL_CONDITIONS; i++)
		if (status->stats.conditions >> i & 1)
			printf(" %s", ntpool_condition_name(i));
	puts(status->stats.conditions ? "" : " none");
}

static void print_row(const struct status *status, const struct row *row)
{
	uint64_t value = value_of(status, row);
	char text[BYTES_TEXT];

	printf("  %-30s %10" PRIu64, row->label, value);
	if (row->unit == PAGES)
		printf(" pages  %s",
		       format_bytes(value * status->features.page_size, text));
	else if (row->unit == BYTES)
		printf(" bytes  %s", format_bytes(value, text));
	putchar('\n');
}

static void print_text(const struct status *status)
{
	const char *section = "";
	size_t i;

	print_features(status);
	printf("  %-30s %s\n", "Windows release emulated", target_of(status));
	print_conditions(status);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(section, rows[i].section))
			printf("\n%s%s%s\n", paint(BOLD), rows[i].section,
			       paint(PLAIN));
		section = rows[i].section;
		print_row(status, &rows[i]);
	}
}

static struct json_object *features_json(const struct status *status)
{
	static const struct {
		const char *key;
		uint64_t feature;
	} all[] = {
		{ "paging", NTPOOL_FEATURE_PAGING },
		{ "write_out", NTPOOL_FEATURE_WRITE_OUT },
		{ "swap", NTPOOL_FEATURE_SWAP },
		{ "raw_user", NTPOOL_FEATURE_RAW_USER },
	};
	struct json_object *object = json_object_new_object();
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		json_object_object_add(object, all[i].key,
				       json_object_new_boolean(has(status, all[i].feature)));
	json_add_text(object, "reason", status->features.reason);
	return object;
}

static struct json_object *conditions_json(const struct status *status)
{
	struct json_object *array = json_object_new_array();
	uint32_t i;

	for (i = 0; i < NTPOOL_CONDITIONS; i++)
		if (status->stats.conditions >> i & 1)
			json_object_array_add(array,
					      json_object_new_string(ntpool_condition_name(i)));
	return array;
}

static struct json_object *to_json(const struct status *status)
{
	struct json_object *object = json_object_new_object();
	struct json_object *stats = json_object_new_object();
	size_t i;

	json_add_number(object, "abi_version", status->features.abi_version);
	json_add_number(object, "page_size", status->features.page_size);
	json_add_number(object, "cpus", status->features.cpus);
	json_object_object_add(object, "features", features_json(status));
	json_add_text(object, "target", target_of(status));
	json_object_object_add(object, "conditions", conditions_json(status));
	json_add_number(object, "swap_total_bytes", status->swap_total);
	json_add_number(object, "swap_free_bytes", status->swap_free);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		json_add_number(stats, rows[i].key, value_of(status, &rows[i]));
	json_object_object_add(object, "stats", stats);
	return object;
}

static int ask(struct status *status)
{
	struct ntpool *session = open_session(0);
	int err;

	if (!session)
		return 1;
	err = ntpool_features(session, &status->features);
	if (!err)
		err = ntpool_stats(session, &status->stats);
	ntpool_close(session);
	status->swap_total = proc_meminfo("SwapTotal");
	status->swap_free = proc_meminfo("SwapFree");
	return err ? fail("the module does not answer: %s", strerror(-err)) : 0;
}

int status_main(int argc, char **argv)
{
	bool json = json_only(argc, argv,
			      "What the module can do here, and what it has done.");
	struct status status;

	if (ask(&status))
		return 1;
	if (json)
		json_print(to_json(&status));
	else
		print_text(&status);
	return 0;
}
