"""A page for WSGI servers: `gunicorn workers_wsgi:page'."""
import os


def page(environ, start_response):
    body = b"pid %d\n%s\nend\n" % (os.getpid(), b"x" * 30000)
    start_response("200 OK", [("Content-Type", "text/plain"),
                              ("Content-Length", str(len(body)))])
    return [body]
