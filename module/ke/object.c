// SPDX-License-Identifier: GPL-2.0-only
/*
 * References to processes and threads, and handles of threads ("Object management",
 * Windows driver documentation).  Handles are the kernel's own, valid everywhere.
 * Those of files and devices are counted by the layer above.
 */
#include <linux/export.h>
#include <linux/xarray.h>

#include "ke/object.h"

/* NT's handles are multiples of four. */
#define HANDLE_STEP 4

static DEFINE_XARRAY_FLAGS(handles, XA_FLAGS_ALLOC1);

/* Of the layer above, or NULL. */
static const struct object_kind *other_kind;

/**
 * objects_of_kind() - have the objects of a layer above referenced, too
 * @kind: how; NULL: there are none any more
 *
 * Context: any; no driver is loaded.
 */
void objects_of_kind(const struct object_kind *kind)
{
	WRITE_ONCE(other_kind, kind);
}

/**
 * object_of() - is this a process or a thread of ours
 * @address: what a driver has as an object
 *
 * Context: any.
 * Return: it; NULL if not.
 */
struct object *object_of(PVOID address)
{
	struct object *object = address;

	switch (object->header.Type) {
	case ThreadObject:
	case ProcessObject:
		return object->self == object ? object : NULL;
	default:
		return NULL;
	}
}

/**
 * handle_open() - make a handle
 * @object: of what; the handle has a reference of its own
 *
 * Context: may sleep.
 * Return: the handle, NULL without memory.
 */
HANDLE handle_open(struct object *object)
{
	u32 id;

	if (xa_alloc(&handles, &id, object, xa_limit_31b, GFP_KERNEL))
		return NULL;
	refcount_inc(&object->refs);
	return (HANDLE)(ULONG_PTR)((u64)id * HANDLE_STEP);
}

/**
 * ObReferenceObjectByHandle() - the object that a handle stands for
 * @Handle: of a thread
 * @DesiredAccess: without effect
 * @ObjectType: *PsThreadType, or NULL
 * @AccessMode: without effect: a program has no such handles
 * @Object: set to it, with a reference
 * @HandleInformation: NULL
 *
 * Context: IRQL PASSIVE.
 * Return: STATUS_SUCCESS, STATUS_INVALID_HANDLE or STATUS_OBJECT_TYPE_MISMATCH.
 */
NTSTATUS ObReferenceObjectByHandle(HANDLE Handle, ACCESS_MASK DesiredAccess,
				   POBJECT_TYPE ObjectType,
				   KPROCESSOR_MODE AccessMode, PVOID *Object,
				   POBJECT_HANDLE_INFORMATION HandleInformation)
{
	ULONG_PTR value = (ULONG_PTR)Handle;
	struct object *object;

	*Object = NULL;
	if (ObjectType && ObjectType != *PsThreadType)
		return STATUS_OBJECT_TYPE_MISMATCH;
	xa_lock(&handles);
	object = xa_load(&handles, value / HANDLE_STEP);
	if (object)
		refcount_inc(&object->refs);
	xa_unlock(&handles);
	*Object = object;
	return object ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
}
EXPORT_SYMBOL_GPL(ObReferenceObjectByHandle);

/**
 * ZwClose() - end a handle
 * @Handle: it
 *
 * Context: IRQL PASSIVE.
 * Return: STATUS_SUCCESS or STATUS_INVALID_HANDLE.
 */
NTSTATUS ZwClose(HANDLE Handle)
{
	struct object *object =
		xa_erase(&handles, (ULONG_PTR)Handle / HANDLE_STEP);

	if (!object)
		return STATUS_INVALID_HANDLE;
	ObfDereferenceObject(object);
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(ZwClose);

/**
 * ObfReferenceObject() - keep an object (ObReferenceObject)
 * @Object: a process, a thread, an open file or a device
 *
 * Context: IRQL <= DISPATCH.
 * Return: how many references there are now, at the least.
 */
LONG_PTR ObfReferenceObject(PVOID Object)
{
	const struct object_kind *kind = READ_ONCE(other_kind);
	struct object *object = object_of(Object);

	if (!object) {
		if (kind)
			kind->reference(Object);
		return 1;
	}
	refcount_inc(&object->refs);
	return refcount_read(&object->refs);
}
EXPORT_SYMBOL_GPL(ObfReferenceObject);

/**
 * ObfDereferenceObject() - and no longer (ObDereferenceObject)
 * @Object: a process, a thread, an open file or a device
 *
 * Context: IRQL <= DISPATCH.
 * Return: 0 if that was the last reference.
 */
LONG_PTR ObfDereferenceObject(PVOID Object)
{
	const struct object_kind *kind = READ_ONCE(other_kind);
	struct object *object = object_of(Object);

	if (!object && kind)
		kind->dereference(Object);
	if (!object || !refcount_dec_and_test(&object->refs))
		return 1;
	object->release(object);
	return 0;
}
EXPORT_SYMBOL_GPL(ObfDereferenceObject);

/* What drivers have not closed; none of them is left. */
void handle_exit(void)
{
	struct object *object;
	unsigned long id;

	xa_for_each(&handles, id, object)
		ObfDereferenceObject(object);
	xa_destroy(&handles);
}
