// SPDX-License-Identifier: GPL-2.0-only
/*
 * The names of devices and the symbolic links to them ("Object names" and "MS-DOS device
 * names", Windows driver documentation).
 *
 * Of NT's tree there are the root and the two directories that drivers use: \Device, and
 * \??, which is also called \DosDevices and \GLOBAL??.  A name is found whether in
 * capital or small letters.  Behind a device's name what follows is the device's own.
 */
#include <linux/export.h>
#include <linux/list.h>
#include <linux/slab.h>

#include "core/core.h"
#include "io/namespace.h"

/* A chain of links that is longer leads nowhere. */
#define MOST_LINKS 32

enum directory {
	DIRECTORY_ROOT,
	DIRECTORY_DEVICE,
	DIRECTORY_DOS_DEVICES,
};

/**
 * struct io_name - a name, of a device or of a symbolic link
 * @node: in names
 * @directory: where it is
 * @leaf: its last component
 * @device: what it names, or NULL: then it is a link
 * @target: of the link
 * @text: what @leaf and @target consist of
 *
 * Nothing but @node changes.
 */
struct io_name {
	struct list_head node;
	enum directory directory;
	UNICODE_STRING leaf;
	DEVICE_OBJECT *device;
	UNICODE_STRING target;
	WCHAR text[];
};

/**
 * struct parsed_name - a name taken apart; its strings lie in the name's
 * @directory: where it leads to
 * @leaf: the component there
 * @rest: what follows, with its backslash
 */
struct parsed_name {
	enum directory directory;
	UNICODE_STRING leaf;
	UNICODE_STRING rest;
};

static const struct {
	UNICODE_STRING name;
	enum directory directory;
} directories[] = {
	{ RTL_CONSTANT_STRING(L"Device"), DIRECTORY_DEVICE },
	{ RTL_CONSTANT_STRING(L"??"), DIRECTORY_DOS_DEVICES },
	{ RTL_CONSTANT_STRING(L"DosDevices"), DIRECTORY_DOS_DEVICES },
	{ RTL_CONSTANT_STRING(L"GLOBAL??"), DIRECTORY_DOS_DEVICES },
};

DEFINE_MUTEX(objects_mutex);
EXPORT_FOR_TESTS(objects_mutex);
static LIST_HEAD(names); /* under objects_mutex */

static UNICODE_STRING part(PCUNICODE_STRING of, size_t from, size_t to)
{
	UNICODE_STRING string;

	string.Buffer = of->Buffer + from;
	string.Length = (to - from) * sizeof(WCHAR);
	string.MaximumLength = string.Length;
	return string;
}

/* Takes "\component" off the front of @text; false if there is none, or an empty one. */
static bool take_component(PUNICODE_STRING text, PUNICODE_STRING component)
{
	size_t units = text->Length / sizeof(WCHAR), end = 1;

	if (!units || text->Buffer[0] != '\\')
		return false;
	while (end < units && text->Buffer[end] != '\\')
		end++;
	if (end == 1)
		return false;
	*component = part(text, 1, end);
	*text = part(text, end, units);
	return true;
}

static enum directory find_directory(PCUNICODE_STRING component)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(directories); i++)
		if (RtlEqualUnicodeString(component, &directories[i].name, TRUE))
			return directories[i].directory;
	return DIRECTORY_ROOT;
}

static NTSTATUS take_apart(PCUNICODE_STRING text, struct parsed_name *path)
{
	*path = (struct parsed_name){ .rest = *text };
	if (!text->Length || text->Length % sizeof(WCHAR))
		return STATUS_OBJECT_NAME_INVALID;
	if (text->Buffer[0] != '\\')
		return STATUS_OBJECT_PATH_SYNTAX_BAD;
	if (!take_component(&path->rest, &path->leaf))
		return STATUS_OBJECT_NAME_INVALID;
	path->directory = find_directory(&path->leaf);
	if (!path->rest.Length) /* in the root, perhaps a directory itself */
		path->directory = DIRECTORY_ROOT;
	if (path->directory != DIRECTORY_ROOT &&
	    !take_component(&path->rest, &path->leaf))
		return STATUS_OBJECT_NAME_INVALID;
	return STATUS_SUCCESS;
}

static struct io_name *find_locked(const struct parsed_name *path)
{
	struct io_name *name;

	lockdep_assert_held(&objects_mutex);
	list_for_each_entry(name, &names, node)
		if (name->directory == path->directory &&
		    RtlEqualUnicodeString(&name->leaf, &path->leaf, TRUE))
			return name;
	return NULL;
}

static bool is_directory(const struct parsed_name *path)
{
	return path->directory == DIRECTORY_ROOT &&
	       find_directory(&path->leaf) != DIRECTORY_ROOT;
}

static struct io_name *make_name(const struct parsed_name *path, DEVICE_OBJECT *device,
				 PCUNICODE_STRING target)
{
	size_t size = path->leaf.Length + (target ? target->Length : 0);
	struct io_name *name = kzalloc(sizeof(*name) + size, GFP_KERNEL);

	if (!name)
		return NULL;
	name->directory = path->directory;
	name->device = device;
	name->leaf.Buffer = name->text;
	name->leaf.MaximumLength = path->leaf.Length;
	RtlCopyUnicodeString(&name->leaf, &path->leaf);
	if (target) {
		name->target.Buffer = name->text + path->leaf.Length / sizeof(WCHAR);
		name->target.MaximumLength = target->Length;
		RtlCopyUnicodeString(&name->target, target);
	}
	return name;
}

static NTSTATUS publish(struct io_name *name, const struct parsed_name *path)
{
	NTSTATUS status = STATUS_SUCCESS;

	mutex_lock(&objects_mutex);
	if (is_directory(path) || find_locked(path))
		status = STATUS_OBJECT_NAME_COLLISION;
	else
		list_add(&name->node, &names);
	mutex_unlock(&objects_mutex);
	return status;
}

/**
 * io_name_add() - give a device a name, or make a symbolic link
 * @text: the whole name
 * @device: the device, or NULL for a link
 * @target: where the link leads; need not be there
 * @name: set on success; may be NULL
 *
 * Context: may sleep.
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_INVALID, STATUS_OBJECT_PATH_SYNTAX_BAD,
 * STATUS_OBJECT_PATH_NOT_FOUND, STATUS_OBJECT_NAME_COLLISION;
 * STATUS_INSUFFICIENT_RESOURCES.
 */
NTSTATUS io_name_add(PCUNICODE_STRING text, DEVICE_OBJECT *device,
		     PCUNICODE_STRING target, struct io_name **name)
{
	struct io_name *made;
	struct parsed_name path;
	NTSTATUS status = take_apart(text, &path);

	if (status)
		return status;
	if (path.rest.Length)
		return STATUS_OBJECT_PATH_NOT_FOUND;
	made = make_name(&path, device, target);
	if (!made)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = publish(made, &path);
	if (status)
		kfree(made);
	else if (name)
		*name = made;
	return status;
}

/**
 * io_name_remove_locked() - take a name away
 * @name: the name; NULL is none
 *
 * Context: under objects_mutex.
 */
void io_name_remove_locked(struct io_name *name)
{
	lockdep_assert_held(&objects_mutex);
	if (!name)
		return;
	list_del(&name->node);
	kfree(name);
}

/* The link's target and what followed the link, as a name to go on with. */
static WCHAR *follow(const struct io_name *link, const struct parsed_name *path,
		     PUNICODE_STRING text)
{
	size_t size = (size_t)link->target.Length + path->rest.Length;

	text->Buffer = size <= UNICODE_STRING_MAX_BYTES ?
			       kmalloc(size ?: 1, GFP_KERNEL) :
			       NULL;
	if (!text->Buffer)
		return NULL;
	text->Length = 0;
	text->MaximumLength = size;
	RtlAppendUnicodeStringToString(text, &link->target);
	RtlAppendUnicodeStringToString(text, &path->rest);
	return text->Buffer;
}

static NTSTATUS why_not_found(const struct parsed_name *path)
{
	if (is_directory(path) && !path->rest.Length)
		return STATUS_OBJECT_TYPE_MISMATCH;
	return path->rest.Length ? STATUS_OBJECT_PATH_NOT_FOUND :
				   STATUS_OBJECT_NAME_NOT_FOUND;
}

/* Copies the rest where it outlives the name that it was part of. */
static NTSTATUS give_rest(const struct parsed_name *path, PUNICODE_STRING rest)
{
	if (!rest)
		return STATUS_SUCCESS;
	RtlInitEmptyUnicodeString(rest, NULL, 0);
	if (!path->rest.Length)
		return STATUS_SUCCESS;
	rest->Buffer = kmemdup(path->rest.Buffer, path->rest.Length,
			       GFP_KERNEL_ACCOUNT);
	if (!rest->Buffer)
		return STATUS_INSUFFICIENT_RESOURCES;
	rest->Length = path->rest.Length;
	rest->MaximumLength = rest->Length;
	return STATUS_SUCCESS;
}

/**
 * io_name_find_locked() - the device that a name leads to
 * @text: the name
 * @device: set on success
 * @rest: gets what follows the device's name, to be freed with kfree(); NULL for
 *	  nobody
 *
 * Context: under objects_mutex.
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_INVALID, STATUS_OBJECT_PATH_SYNTAX_BAD,
 * STATUS_OBJECT_NAME_NOT_FOUND, STATUS_OBJECT_PATH_NOT_FOUND,
 * STATUS_OBJECT_TYPE_MISMATCH (a directory); STATUS_INSUFFICIENT_RESOURCES.
 */
NTSTATUS io_name_find_locked(PCUNICODE_STRING text, DEVICE_OBJECT **device,
			     PUNICODE_STRING rest)
{
	UNICODE_STRING at = *text;
	const struct io_name *name;
	WCHAR *made = NULL, *old;
	struct parsed_name path;
	NTSTATUS status;
	int links;

	for (links = 0; links <= MOST_LINKS; links++) {
		status = take_apart(&at, &path);
		if (status)
			break;
		name = find_locked(&path);
		status = name ? STATUS_SUCCESS : why_not_found(&path);
		if (name && name->device) {
			*device = name->device;
			status = give_rest(&path, rest);
		}
		if (status || name->device)
			break;
		old = made;
		made = follow(name, &path, &at);
		kfree(old);
		status = made ? STATUS_OBJECT_NAME_NOT_FOUND :
				STATUS_INSUFFICIENT_RESOURCES;
		if (!made)
			break;
	}
	kfree(made);
	return status;
}

/**
 * IoCreateSymbolicLink() - a second name for a device
 * @SymbolicLinkName: in \DosDevices, commonly
 * @DeviceName: where it leads; need not be there
 *
 * It stays until it is deleted, whatever becomes of the driver.
 *
 * Context: IRQL PASSIVE.
 * Return: as io_name_add().
 */
NTSTATUS IoCreateSymbolicLink(PUNICODE_STRING SymbolicLinkName,
			      PUNICODE_STRING DeviceName)
{
	return io_name_add(SymbolicLinkName, NULL, DeviceName, NULL);
}
EXPORT_SYMBOL_GPL(IoCreateSymbolicLink);

/**
 * IoDeleteSymbolicLink() - take a link away
 * @SymbolicLinkName: its name
 *
 * Context: IRQL PASSIVE.
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_NOT_FOUND; STATUS_OBJECT_TYPE_MISMATCH
 * if it is a device's own name.
 */
NTSTATUS IoDeleteSymbolicLink(PUNICODE_STRING SymbolicLinkName)
{
	struct io_name *name;
	struct parsed_name path;
	NTSTATUS status = take_apart(SymbolicLinkName, &path);

	if (status)
		return status;
	mutex_lock(&objects_mutex);
	name = path.rest.Length ? NULL : find_locked(&path);
	if (!name)
		status = why_not_found(&path);
	else if (name->device)
		status = STATUS_OBJECT_TYPE_MISMATCH;
	else
		io_name_remove_locked(name);
	mutex_unlock(&objects_mutex);
	return status;
}
EXPORT_SYMBOL_GPL(IoDeleteSymbolicLink);

/**
 * io_names_exit() - forget the links that are left: no driver is
 */
void io_names_exit(void)
{
	struct io_name *name, *next;

	mutex_lock(&objects_mutex);
	list_for_each_entry_safe(name, next, &names, node)
		io_name_remove_locked(name);
	mutex_unlock(&objects_mutex);
}
