// usage: node workers_node.js READY-FD
// A server on descriptor 3; a newline on READY-FD when it listens.
'use strict';
const fs = require('fs');
const http = require('http');

const ready = Number(process.argv[2]);
const server = http.createServer((request, response) => {
	const page = `pid ${process.pid}\n${'x'.repeat(30000)}\nend\n`;
	response.writeHead(200, { 'Content-Length': page.length });
	response.end(page);
});
process.on('SIGTERM', () => server.close(() => process.exit(0)));
server.listen({ fd: 3 }, () => {
	fs.writeSync(ready, '\n');
	fs.closeSync(ready);
});
