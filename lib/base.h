/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words every room shares: integer types, address types, status codes, small macros.
 * lib/ is the bottom room: it calls nothing, everything may call it, and it builds on a
 * development host too, where the unit tests link it against the C library. For every room.
 */
#ifndef LIB_BASE_H
#define LIB_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;

/* Addresses. A guest's numbers are plain words; a host frame is a type of its own, so that
 * handing a guest frame number to the hardware does not compile. */
typedef u32 gva_t; /* guest virtual address */
typedef u32 gpa_t; /* guest physical address: slots lie below 4 GiB */
typedef u32 gfn_t; /* guest frame number, gpa >> PAGE_SHIFT */
typedef struct {
	u32 n;
} pfn_t; /* host physical frame number; 32 bits reach past every 36-bit machine */

_Static_assert(sizeof(gva_t) == 4 && sizeof(gpa_t) == 4 && sizeof(pfn_t) == 4,
	       "addresses of guests are words, on the development host too");

#define PAGE_SHIFT 12u
#define PAGE_SIZE  (1u << PAGE_SHIFT)
#define PAGE_MASK  (~(PAGE_SIZE - 1u))

#define KIB(n) ((u32)(n) << 10)
#define MIB(n) ((u32)(n) << 20)

#define ARRAY_LEN(a)		      (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b)		      ((a) < (b) ? (a) : (b))
#define MAX(a, b)		      ((a) > (b) ? (a) : (b))
#define ALIGN_UP(x, a)		      (((x) + ((a)-1u)) & ~((a)-1u))
#define ALIGN_DOWN(x, a)	      ((x) & ~((a)-1u))
#define BIT(n)			      (1u << (n))
#define container_of(p, type, member) ((type *)(void *)((char *)(p)-offsetof(type, member)))

#define MUST_CHECK	__attribute__((warn_unused_result))
#define NORETURN	__attribute__((noreturn))
#define PACKED		__attribute__((packed))
#define ALIGNED(n)	__attribute__((aligned(n)))
#define UNUSED		__attribute__((unused))
#define COLD		__attribute__((cold)) /* hardly ever called: the way there is moved aside */
#define NOINLINE	__attribute__((noinline))
#define UNLIKELY(x)	__builtin_expect(!!(x), 0)
#define PRINTF(fmt, va) __attribute__((format(printf, fmt, va)))

/* A word that hardware or a guest may change meanwhile: what was checked is what is used. */
static inline u32 read_once(const u32 *p)
{
	return *(const volatile u32 *)p;
}

/* Resource and set-up failures: ordinary values the caller must look at. A guest's fault is
 * never one of these (it is reflected, or the guest is killed), nor is a bug of ours (panic). */
enum hv_status {
	HV_OK = 0,
	HV_NOMEM = -1,	/* out of frames, or over the owner's limit */
	HV_BADARG = -2, /* an argument out of its documented range */
	HV_BUSY = -3,	/* the thing exists, or is in use */
	HV_ABSENT = -4, /* no such device, module, file */
	HV_IO = -5,	/* the hardware refused */
};

#endif
