/* near.c - the distance of two words (Damerau 1964, adjacent swaps). */
#include "rules/near.h"

#include <string.h>

enum { NEAR_MOST = 63 };

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

unsigned
near_distance(const char *a, const char *b)
{
	/* Three rows: two before, one before, this one. */
	unsigned char rows[3][NEAR_MOST + 1];
	size_t n = strlen(a), m = strlen(b);
	unsigned far = (unsigned)(n > m ? n : m) / 3;

	if (n > NEAR_MOST || m > NEAR_MOST)
		return NEAR_FAR;
	for (size_t j = 0; j <= m; j++)
		rows[0][j] = (unsigned char)j;
	for (size_t i = 1; i <= n; i++) {
		unsigned char *now = rows[i % 3], *last = rows[(i + 2) % 3];

		now[0] = (unsigned char)i;
		for (size_t j = 1; j <= m; j++) {
			unsigned d = least(least(last[j], now[j - 1]) + 1,
			    last[j - 1] + (a[i - 1] != b[j - 1]));

			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				d = least(d, rows[(i + 1) % 3][j - 2] + 1U);
			now[j] = (unsigned char)d;
		}
	}
	return rows[n % 3][m] <= (far > 0 ? far : 1) ? rows[n % 3][m] : NEAR_FAR;
}
