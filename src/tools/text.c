/* text.c - bounded text without libc's help. */
#include "tools/text.h"

#include <string.h>

struct text
text_over(char *buf, size_t size)
{
	return (struct text){ .at = buf, .end = buf + size };
}

void
text_bytes(struct text *t, const char *s, size_t n)
{
	if (t->full || n > (size_t)(t->end - t->at)) {
		t->full = true;
		return;
	}
	memcpy(t->at, s, n);
	t->at += n;
}

void
text_byte(struct text *t, char c)
{
	text_bytes(t, &c, 1);
}

void
text_str(struct text *t, const char *s)
{
	text_bytes(t, s, strlen(s));
}

void
text_dec(struct text *t, uint64_t n)
{
	char digits[20];
	size_t i = sizeof digits;

	do
		digits[--i] = (char)('0' + n % 10);
	while ((n /= 10) != 0);
	text_bytes(t, digits + i, sizeof digits - i);
}

static void
text_hex(struct text *t, unsigned n)
{
	bool begun = false;

	for (int shift = 12; shift >= 0; shift -= 4) {
		unsigned d = n >> shift & 15;

		begun |= d != 0 || shift == 0;
		if (begun)
			text_byte(t, "0123456789abcdef"[d]);
	}
}

void
text_ip4(struct text *t, const uint8_t a[4])
{
	for (int i = 0; i < 4; i++) {
		if (i > 0)
			text_byte(t, '.');
		text_dec(t, a[i]);
	}
}

/* The longest run of two or more zero groups, the first of equals
 * (RFC 5952 4.2); len 0 if there is none. */
static void
longest_zeros(const unsigned g[8], int *from_r, int *len_r)
{
	*from_r = -1;
	*len_r = 0;
	for (int i = 0; i < 8; i++) {
		int n = 0;

		while (i + n < 8 && g[i + n] == 0)
			n++;
		if (n > 1 && n > *len_r) {
			*from_r = i;
			*len_r = n;
		}
		i += n;
	}
}

void
text_ip6(struct text *t, const uint8_t a[16])
{
	unsigned g[8];
	int from, len;

	for (int i = 0; i < 8; i++)
		g[i] = (unsigned)a[2 * i] << 8 | a[2 * i + 1];
	longest_zeros(g, &from, &len);
	for (int i = 0; i < 8; i++) {
		if (len > 0 && i == from) {
			text_str(t, "::");
			i += len - 1;
			continue;
		}
		if (i > 0 && (len == 0 || i != from + len))
			text_byte(t, ':');
		text_hex(t, g[i]);
	}
}
