/* request.c - bytes are judged first, then words. */
#include "rules/request.h"

static bool
is_clean(const char *line, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			return false;
	return true;
}

enum request_is
request_read(struct request *r, const char *line, size_t n,
    const char **why_r)
{
	struct scfg s;

	r->n = 0;
	r->word[0] = NULL;
	*why_r = "a byte that is no text, expected words";
	if (!is_clean(line, n))
		return REQUEST_FOUL;
	scfg_begin(&s, line, n);
	switch (scfg_next(&s, &r->line)) {
	case SCFG_DIRECTIVE:
		break;
	case SCFG_BAD:
		*why_r = s.why;
		return REQUEST_BAD;
	case SCFG_END:
	case SCFG_CLOSE:
		*why_r = "no word, expected a verb";
		return REQUEST_BAD;
	}
	*why_r = "a brace, expected words only";
	if (r->line.block)
		return REQUEST_BAD;
	*why_r = "too many words, expected at most 64";
	if (r->line.n > REQUEST_WORDS)
		return REQUEST_BAD;
	for (; r->n < r->line.n; r->n++)
		r->word[r->n] = r->line.word[r->n].text;
	r->word[r->n] = NULL;
	return REQUEST_GOOD;
}
