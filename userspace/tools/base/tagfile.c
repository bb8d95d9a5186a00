// SPDX-License-Identifier: GPL-2.0-only
/* Tag files: reading them, and finding a tag. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/printable.h"
#include "base/say.h"
#include "base/tagfile.h"
#include "base/wildcard.h"

struct tagfile {
	struct tag_entry *entries;
	size_t count;
	char **lines; /* what the entries point into */
	size_t line_count;
};

/* Cuts blanks off both ends; what is left begins at the pointer returned. */
static char *trim(char *text)
{
	char *end;

	text += strspn(text, " \t");
	end = text + strlen(text);
	while (end > text && strchr(" \t\r\n", end[-1]))
		*--end = '\0';
	return text;
}

static bool is_comment(const char *line)
{
	if (!strncmp(line, "//", 2))
		return true;
	return (!strncmp(line, "rem", 3) || !strncmp(line, "REM", 3)) &&
	       strchr(" \t\r\n", line[3]);
}

/*
 * A tag may hold a hyphen or a blank itself, so the separator is looked for behind
 * its first character: the first hyphen that has a blank before it.
 */
static char *separator(char *text)
{
	char *at = *text ? strchr(text + 1, '-') : NULL;

	while (at && at[-1] != ' ' && at[-1] != '\t')
		at = strchr(at + 1, '-');
	return at;
}

/* Fills @entry with pointers into @line; false where the line says no tag. */
static bool parse(char *line, struct tag_entry *entry)
{
	char *first = separator(line);
	char *second, *tag;

	if (!first)
		return false;
	*first++ = '\0';
	second = separator(first);
	if (second)
		*second++ = '\0';
	tag = trim(line);
	if (!wildcard_valid(tag) || strlen(tag) >= sizeof(entry->pattern))
		return false;
	memset(entry->pattern, 0, sizeof(entry->pattern));
	memcpy(entry->pattern, tag, strlen(tag));
	entry->binary = printable(trim(first));
	entry->description = second ? printable(trim(second)) : "";
	return true;
}

/* Takes over @line. */
static void add(struct tagfile *file, char *line, const struct tag_entry *entry)
{
	file->entries = must_realloc(file->entries, (file->count + 1) *
							    sizeof(*file->entries));
	file->lines = must_realloc(file->lines, (file->line_count + 1) *
							sizeof(*file->lines));
	file->entries[file->count++] = *entry;
	file->lines[file->line_count++] = line;
}

/* 0, or a negative errno. */
static int read_file(struct tagfile *file, const char *path)
{
	FILE *from = fopen(path, "re");
	struct tag_entry entry;
	char *line = NULL;
	size_t room = 0;
	int err;

	if (!from)
		return -errno;
	while (getline(&line, &room, from) >= 0) {
		if (is_comment(line) || !parse(line, &entry))
			continue;
		add(file, line, &entry);
		line = NULL;
	}
	err = ferror(from) ? -EIO : 0;
	free(line);
	fclose(from);
	return err;
}

/* The directories of a list with colons, each with our own below it. */
static void read_directories(struct tagfile *file, const char *list)
{
	while (*list) {
		size_t length = strcspn(list, ":");

		if (length) {
			char *path = must_printf("%.*s/ntpool/pooltag.txt",
						 (int)length, list);

			read_file(file, path);
			free(path);
		}
		list += length;
		list += *list == ':';
	}
}

/* The user's own directory of the XDG base directory specification. */
static void read_own_directory(struct tagfile *file)
{
	const char *data = getenv("XDG_DATA_HOME");
	const char *home = getenv("HOME");
	char *below;

	if (data && *data) {
		read_directories(file, data);
		return;
	}
	if (!home || !*home)
		return;
	below = must_printf("%s/.local/share", home);
	read_directories(file, below);
	free(below);
}

/* The nearest first: its lines count. */
static void read_usual_places(struct tagfile *file)
{
	const char *dirs = getenv("XDG_DATA_DIRS");

	read_file(file, "localtag.txt");
	read_file(file, "pooltag.txt");
	read_own_directory(file);
	read_directories(file, dirs && *dirs ? dirs : "/usr/local/share:/usr/share");
}

struct tagfile *tagfile_read(const char *path)
{
	struct tagfile *file = must_calloc(1, sizeof(*file));
	int err;

	if (!path) {
		read_usual_places(file);
		return file;
	}
	err = read_file(file, path);
	if (!err)
		return file;
	fail("cannot read the tag file %s: %s", path, strerror(-err));
	tagfile_free(file);
	return NULL;
}

void tagfile_free(struct tagfile *file)
{
	size_t i;

	if (!file)
		return;
	for (i = 0; i < file->line_count; i++)
		free(file->lines[i]);
	free(file->lines);
	free(file->entries);
	free(file);
}

const struct tag_entry *tagfile_find(const struct tagfile *file, uint32_t tag)
{
	const struct tag_entry *wild = NULL;
	size_t i;

	for (i = 0; i < file->count; i++) {
		const struct tag_entry *entry = &file->entries[i];

		if (!wildcard_match(entry->pattern, tag))
			continue;
		if (!strpbrk(entry->pattern, "*?"))
			return entry;
		if (!wild)
			wild = entry;
	}
	return wild;
}
