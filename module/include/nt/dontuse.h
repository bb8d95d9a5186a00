/* SPDX-License-Identifier: GPL-2.0-only */
/* NT's makes the compiler tell of calls that are unsafe; nothing else is in it. */
