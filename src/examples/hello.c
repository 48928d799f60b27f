/* hello.c - the smallest server: it says hello to whoever comes.
 *
 *	cc -o hello hello.c -lbrood
 *	./hello localhost:7000 &
 *	nc -N localhost 7000 </dev/null */
#include <brood.h>
#include <stdio.h>

static void
hello(struct brood_client *c, int fd, void *arg)
{
	(void)arg;
	dprintf(fd, "hello, world\r\n");
	/* It may have sent something that nobody read. */
	brood_finish(c);
}

int
main(int argc, char **argv)
{
	struct brood *b = brood_new();

	brood_on_stream(b, hello, NULL);
	return brood_serve(b, argc > 1 ? argv[1] : "localhost:7000");
}
