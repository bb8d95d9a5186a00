// SPDX-License-Identifier: GPL-2.0-only
/* The release of Windows that is emulated, as drivers are told ("RtlGetVersion"). */
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/ntpool.h>
#include <linux/string.h>

#include <ntpool/string.h>
#include <ntpool/time.h>

#include "pool/release.h"

/**
 * struct version - a release in numbers
 * @target: NTPOOL_TARGET_*
 * @major: of its version
 * @minor: of its version
 * @build: the last that was shipped of it
 * @pack: the number of its last service pack, or 0
 * @product: VER_NT_*
 */
struct version {
	u32 target;
	ULONG major;
	ULONG minor;
	ULONG build;
	USHORT pack;
	UCHAR product;
};

static const struct version versions[] = {
	{ NTPOOL_TARGET_2003, 5, 2, 3790, 2, VER_NT_SERVER },
	{ NTPOOL_TARGET_WIN7, 6, 1, 7601, 1, VER_NT_WORKSTATION },
	{ NTPOOL_TARGET_WIN10, 10, 0, 18363, 0, VER_NT_WORKSTATION },
	{ NTPOOL_TARGET_CURRENT, 10, 0, 26100, 0, VER_NT_WORKSTATION },
};

static const struct version *version_now(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(versions) - 1; i++)
		if (versions[i].target == release->number)
			break;
	return &versions[i];
}

/* @units: how many characters there is room for, with a zero. */
static void write_pack(const struct version *version, WCHAR *text, size_t units)
{
	static const WCHAR words[] = L"Service Pack ";
	size_t length = ARRAY_SIZE(words) - 1;

	memset(text, 0, units * sizeof(*text));
	if (!version->pack || units < length + 2)
		return;
	memcpy(text, words, length * sizeof(*text));
	text[length] = '0' + version->pack;
}

/**
 * RtlGetVersion() - which release is it
 * @lpVersionInformation: an RTL_OSVERSIONINFOW or RTL_OSVERSIONINFOEXW, with its size
 *
 * Context: IRQL PASSIVE.
 * Return: STATUS_SUCCESS.
 */
NTSTATUS RtlGetVersion(PRTL_OSVERSIONINFOW lpVersionInformation)
{
	const struct version *version = version_now();
	PRTL_OSVERSIONINFOEXW more = (PRTL_OSVERSIONINFOEXW)lpVersionInformation;

	lpVersionInformation->dwMajorVersion = version->major;
	lpVersionInformation->dwMinorVersion = version->minor;
	lpVersionInformation->dwBuildNumber = version->build;
	lpVersionInformation->dwPlatformId = VER_PLATFORM_WIN32_NT;
	write_pack(version, lpVersionInformation->szCSDVersion,
		   ARRAY_SIZE(lpVersionInformation->szCSDVersion));
	if (lpVersionInformation->dwOSVersionInfoSize != sizeof(*more))
		return STATUS_SUCCESS;
	more->wServicePackMajor = version->pack;
	more->wServicePackMinor = 0;
	more->wSuiteMask = VER_SUITE_TERMINAL | VER_SUITE_SINGLEUSERTS;
	more->wProductType = version->product;
	more->wReserved = 0;
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(RtlGetVersion);

/**
 * PsGetVersion() - the same, as older drivers ask
 * @MajorVersion: set to it; or NULL, as what follows
 * @MinorVersion: set to it
 * @BuildNumber: set to it
 * @CSDVersion: the service pack, as far as there is room
 *
 * Context: IRQL PASSIVE.
 * Return: whether it is a checked build: FALSE.
 */
BOOLEAN PsGetVersion(PULONG MajorVersion, PULONG MinorVersion, PULONG BuildNumber,
		     PUNICODE_STRING CSDVersion)
{
	const struct version *version = version_now();
	UNICODE_STRING pack;
	WCHAR text[32];

	if (MajorVersion)
		*MajorVersion = version->major;
	if (MinorVersion)
		*MinorVersion = version->minor;
	if (BuildNumber)
		*BuildNumber = version->build;
	if (!CSDVersion)
		return FALSE;
	write_pack(version, text, ARRAY_SIZE(text));
	RtlInitUnicodeString(&pack, text);
	RtlCopyUnicodeString(CSDVersion, &pack);
	return FALSE;
}
EXPORT_SYMBOL_GPL(PsGetVersion);
