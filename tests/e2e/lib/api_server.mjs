// An API that access tokens open: it keeps what it was asked, and answers what a test wants of it.
import { createServer } from 'node:http';
import { once } from 'node:events';

export class ApiServer {
  requests = [];  // { method, path, token, headers, body }
  #stale = new Set();
  #server;

  // routes: { '/path': (request, response) => .. }; what is not among them is answered with what was asked.
  static async start(routes = {}) {
    const api = new ApiServer();
    api.#server = createServer((request, response) => api.#serve(request, response, routes));
    api.#server.on('connect', (request, socket) => {  // as a proxy, it leads nowhere
      api.requests.push({ method: 'CONNECT', path: request.url, headers: request.headers });
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    api.#server.listen(0, '127.0.0.1');
    await once(api.#server, 'listening');
    return api;
  }

  get url() { return `http://127.0.0.1:${this.#server.address().port}`; }
  get tokens() { return this.requests.map(({ token }) => token); }

  refuse(token) { this.#stale.add(token); }

  async stop() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #serve(request, response, routes) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const path = request.url;
    const token = request.headers.authorization?.replace(/^Bearer /, '');
    const asked = { method: request.method, path, token, headers: request.headers, body };
    this.requests.push(asked);
    if (this.#stale.has(token)) {
      response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"', 'x-answer': 'refused' });
      return response.end('{"error":"invalid_token"}\n');
    }
    const route = routes[path];
    if (route) return route(asked, response);
    response.writeHead(200, { 'x-answer': 'yes' });
    response.end(JSON.stringify({ method: asked.method, path, body }));
  }
}
