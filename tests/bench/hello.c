/* hello.c - the smallest handler: one short line to descriptor 1.
 *
 * With an argument it then reads descriptor 0 to its end, so that a client
 * can hold the session.  Built static with musl-gcc: what is measured with it
 * is the server and the kernel, not a dynamic linker. */
#include <unistd.h>

int
main(int argc, char **argv)
{
	static const char line[] = "hello\n";
	char buf[256];

	(void)argv;
	if (write(1, line, sizeof line - 1) != sizeof line - 1)
		return 1;
	while (argc > 1 && read(0, buf, sizeof buf) > 0)
		;
	return 0;
}
