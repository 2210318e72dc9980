// The smallest service that the stack can run: answers /ready, tells its environment, calls its database or its neighbour.
import { createServer } from 'node:http';

const { PORT, MODE, NEXT_URL } = process.env;
if (MODE === 'crash') {
  console.error('cannot find the flux capacitor');
  process.exit(7);
}
console.log(`listening on ${PORT}`);
createServer(async (request, response) => {
  if (request.url === '/ready') {
    console.log(`ready asked with ${request.headers.traceparent}`);
    response.writeHead(MODE === 'never-ready' ? 503 : 200).end();
  } else if (request.url === '/environment') response.end(JSON.stringify(process.env));
  else if (request.url === '/next') {
    const answer = await fetch(`${NEXT_URL}/environment`).catch((error) => error);
    response.writeHead(answer.status ?? 502).end();
  } else response.writeHead(404).end();
}).listen(Number(PORT), '127.0.0.1');
process.once('SIGTERM', () => {
  console.log('flushed');
  process.exit(0);
});
