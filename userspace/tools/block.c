// SPDX-License-Identifier: GPL-2.0-only
/* ntpool block: what is at an address of the pools, as !pool shows it. */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/options.h"
#include "base/say.h"
#include "base/session.h"
#include "base/tagfile.h"
#include "base/units.h"
#include "commands.h"

/* No page has more slots: each takes 16 bytes at least. */
#define MAX_SLOTS 256

struct arguments {
	const char *tagfile;
	uint64_t address;
	bool only;
	bool json;
};

struct answer {
	struct ntpool_slots slots;
	struct ntpool_slot array[MAX_SLOTS];
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case 'o':
		arguments->only = true;
		return 0;
	case OPTION_TAGFILE:
		arguments->tagfile = arg;
		return 0;
	case OPTION_JSON:
		arguments->json = true;
		return 0;
	}
	return address_only(key, arg, state, &arguments->address);
}

static bool is_paged(const struct ntpool_block *block)
{
	return block->pool_flags & NTPOOL_FLAG_PAGED;
}

static bool within(const struct ntpool_slot *slots, uint32_t count, uint32_t i,
		   uint64_t address)
{
	uint64_t end = slots[i].address + slots[i].size;

	if (i + 1 < count && slots[i + 1].address < end)
		end = slots[i + 1].address;
	return address >= slots[i].address && address < end;
}

/* A page of small blocks has room before the first and behind the last. */
static bool in_slot(const struct arguments *arguments, const struct answer *answer)
{
	uint32_t i;

	for (i = 0; i < answer->slots.count; i++)
		if (within(answer->array, answer->slots.count, i,
			   arguments->address))
			return true;
	return false;
}

/* Where there is nothing that was asked for: why.  Else NULL. */
static const char *nothing(const struct arguments *arguments,
			   const struct answer *answer)
{
	if (answer->slots.found)
		return NULL;
	if (!answer->slots.total)
		return "lies in no block and in no page of either pool";
	if (arguments->only && !in_slot(arguments, answer))
		return "lies in no slot of its page";
	return NULL;
}

/* --- for people ------------------------------------------------------------ */

static void print_meaning(uint32_t tag, const struct tagfile *file)
{
	const struct tag_entry *entry = tagfile_find(file, tag);
	char text[NTPOOL_TAG_TEXT];

	printf("\t\tPooltag %-4s : ", ntpool_tag_unpack(tag, text));
	if (!entry)
		printf("in no tag file\n");
	else if (*entry->binary)
		printf("%s, Binary : %s\n", entry->description, entry->binary);
	else
		printf("%s\n", entry->description);
}

static void print_owner(const struct ntpool_block *block)
{
	printf("\t\t%" PRIu64 " bytes, allocated by %.*s", (uint64_t)block->size,
	       NTPOOL_NAME_LEN, block->module);
	if (block->owner)
		printf(", charged to process %u", block->owner);
	putchar('\n');
}

/* The star stands twice: before the address and before the tag. */
static void print_slot(const struct ntpool_slot *slot, bool star)
{
	char address[ADDRESS_TEXT], tag[NTPOOL_TAG_TEXT];

	printf("%c%s size: %4x previous size: %4x  ", star ? '*' : ' ',
	       format_address(slot->address, address), slot->size,
	       slot->previous);
	ntpool_tag_unpack(slot->tag, tag);
	if (slot->allocated)
		printf("(Allocated) %c%s\n", star ? '*' : ' ', tag);
	else if (*tag)
		printf("(Free)      %c%s\n", star ? '*' : ' ', tag);
	else
		printf("(Free)\n");
}

static void print_page(const struct arguments *arguments,
		       const struct answer *answer, const struct tagfile *file)
{
	uint32_t i;

	for (i = 0; i < answer->slots.count; i++) {
		const struct ntpool_slot *slot = &answer->array[i];
		bool star = within(answer->array, answer->slots.count, i,
				   arguments->address);

		if (arguments->only && !star)
			continue;
		print_slot(slot, star);
		if (!star)
			continue;
		print_meaning(slot->tag, file);
		if (answer->slots.found)
			print_owner(&answer->slots.block);
	}
}

static void print_large(const struct ntpool_block *block,
			const struct tagfile *file)
{
	char address[ADDRESS_TEXT], tag[NTPOOL_TAG_TEXT];

	printf("*%s : large page allocation, tag is %s, size is 0x%" PRIx64 " bytes\n",
	       format_address(block->address, address),
	       ntpool_tag_unpack(block->tag, tag), (uint64_t)block->size);
	print_meaning(block->tag, file);
	print_owner(block);
}

static void print_text(const struct arguments *arguments,
		       const struct answer *answer, const struct tagfile *file)
{
	char address[ADDRESS_TEXT];

	if (answer->slots.found)
		printf("Pool page %s region is %s pool\n",
		       format_address(arguments->address, address),
		       is_paged(&answer->slots.block) ? "Paged" : "Nonpaged");
	if (answer->slots.total)
		print_page(arguments, answer, file);
	else
		print_large(&answer->slots.block, file);
}

/* --- for programs ---------------------------------------------------------- */

static struct json_object *slot_json(const struct ntpool_slot *slot, bool star)
{
	struct json_object *object = json_object_new_object();
	char tag[NTPOOL_TAG_TEXT];

	json_object_object_add(object, "address", json_hex(slot->address));
	json_add_number(object, "size", slot->size);
	json_add_number(object, "previous_size", slot->previous);
	json_object_object_add(object, "allocated",
			       json_object_new_boolean(slot->allocated));
	json_add_text(object, "tag", ntpool_tag_unpack(slot->tag, tag));
	json_add_number(object, "requested", slot->requested);
	json_object_object_add(object, "asked_for", json_object_new_boolean(star));
	return object;
}

static struct json_object *block_json(const struct ntpool_block *block)
{
	struct json_object *object = json_object_new_object();
	char tag[NTPOOL_TAG_TEXT];

	json_object_object_add(object, "address", json_hex(block->address));
	json_add_text(object, "pool", is_paged(block) ? "paged" : "nonpaged");
	json_add_number(object, "size", block->size);
	json_add_number(object, "slot", block->slot);
	json_object_object_add(object, "flags", json_hex(block->pool_flags));
	json_add_text(object, "tag", ntpool_tag_unpack(block->tag, tag));
	json_add_text(object, "module", block->module);
	json_object_object_add(object, "owner",
			       block->owner ? json_object_new_uint64(block->owner) :
					      NULL);
	return object;
}

static struct json_object *to_json(const struct arguments *arguments,
				   const struct answer *answer)
{
	struct json_object *object = json_object_new_object();
	struct json_object *slots = json_object_new_array();
	uint32_t i;

	json_object_object_add(object, "block",
			       answer->slots.found ?
				       block_json(&answer->slots.block) :
				       NULL);
	for (i = 0; i < answer->slots.count; i++) {
		bool star = within(answer->array, answer->slots.count, i,
				   arguments->address);

		if (star || !arguments->only)
			json_object_array_add(slots, slot_json(&answer->array[i],
							       star));
	}
	json_object_object_add(object, "slots", slots);
	return object;
}

static int ask(const struct arguments *arguments, struct answer *answer)
{
	struct ntpool *session = open_session(0);
	int err;

	if (!session)
		return 1;
	err = ntpool_slots(session, arguments->address, answer->array, MAX_SLOTS,
			   &answer->slots);
	ntpool_close(session);
	if (err == -EPERM)
		return fail("the addresses of blocks are for root alone: run as root");
	return err ? fail("cannot look at the address: %s", strerror(-err)) : 0;
}

/* Programs get their empty answer as well; the exit status is the same. */
static int report(const struct arguments *arguments, const struct answer *answer,
		  const struct tagfile *file)
{
	const char *why = nothing(arguments, answer);
	char address[ADDRESS_TEXT];

	if (arguments->json)
		json_print(to_json(arguments, answer));
	else if (!why)
		print_text(arguments, answer, file);
	if (!why)
		return 0;
	return fail("%s %s", format_address(arguments->address, address), why);
}

static const struct argp_option options[] = {
	{ "only", 'o', NULL, 0,
	  "Only the block asked for, not the others of its page", 0 },
	{ "tagfile", OPTION_TAGFILE, "FILE", 0,
	  "Take the meaning of tags from FILE alone", 0 },
	{ "json", OPTION_JSON, NULL, 0, "Print JSON", 0 },
	{ 0 },
};

int block_main(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "ADDRESS",
		.doc = "The block at an address and the page it is in, as !pool shows them.",
	};
	struct arguments arguments = { 0 };
	struct tagfile *file;
	struct answer answer;
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	file = tagfile_read(arguments.tagfile);
	if (!file)
		return 1;
	status = ask(&arguments, &answer);
	if (!status)
		status = report(&arguments, &answer, file);
	tagfile_free(file);
	return status;
}
