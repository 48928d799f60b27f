/* text.h - writes text into a fixed buffer, bounded, without libc.
 *
 * Safe in a child that shares memory with its parent: no locale, no errno,
 * no allocation.  Floor 0 (tools). */
#ifndef TOOLS_TEXT_H
#define TOOLS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	char *at;		/* where the next byte goes */
	char *end;		/* one past the last byte that may be used */
	bool full;		/* something did not fit; nothing more is added */
};

/* A writer over size bytes. */
struct text text_over(char *buf, size_t size);

/* Each appends if the whole of it fits; else it only sets full.  What is
 * written as several parts (an address) may be left in part. */
void text_byte(struct text *t, char c);
void text_bytes(struct text *t, const char *s, size_t n);
void text_str(struct text *t, const char *s);
void text_dec(struct text *t, uint64_t n);

/* Dotted decimal, and the canonical form of RFC 5952 (lower case, the
 * longest run of zeros compressed).  a: network byte order. */
void text_ip4(struct text *t, const uint8_t a[4]);
void text_ip6(struct text *t, const uint8_t a[16]);

#endif
