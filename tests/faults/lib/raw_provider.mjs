// A provider that is a plain server: a line of the matrix writes its answers byte by byte. It rotates, and a refresh
// token is spent only when the answer that replaces it was sent to its end. Accounts are told apart by their client.
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';

import { browse } from '../../e2e/lib/consent.mjs';
import { connect, message } from '../../e2e/lib/socket.mjs';

export class RawProvider {
  requests = [];  // { client, credential, grant_type, outside_leeway }
  inFlight = 0;
  mostInFlight = 0;
  lifetime = 3600;
  delayMs = 0;  // of every good answer
  static all = { inFlight: 0, most: 0 };  // requests at all of them together
  static #news = new EventEmitter();      // 'news': a request came, or an answer is out
  #scripts = new Map();
  #spent = new Set();
  #issued = new Set();

  // tls: { key, cert } and the like.
  static async start(tls = null) {
    const provider = new RawProvider();
    await provider.listen(tls, 0);
    return provider;
  }

  async listen(tls = this.tls, port = this.port) {
    const handle = (request, response) => this.#handle(request, response);
    this.server = tls ? createSecureServer(tls, handle) : createServer(handle);
    this.server.keepAliveTimeout = 0;
    await new Promise((resolve, reject) => this.server.on('error', reject).listen(port, '127.0.0.1', resolve));
    this.tls = tls;
    this.port = this.server.address().port;
  }

  // Nobody listens, until listen().
  async close() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
  stop() { return this.close(); }

  // Until holds() of what came to all providers and went from them.
  static async until(holds, patienceMs = 60_000) {
    const signal = AbortSignal.timeout(patienceMs);
    while (!holds()) await once(RawProvider.#news, 'news', { signal });
  }

  // What the client's refreshes get from now on: script(response, tokens, request); tokens() is a good body.
  script(client, script) { this.#scripts.set(client, script); }
  heal(client) { this.#scripts.delete(client); }

  definition(client, more = {}) {
    const base = `http${this.tls ? 's' : ''}://127.0.0.1:${this.port}`;
    return {
      authorizationEndpoint: `${base}/authorize`, tokenEndpoint: `${base}/token`, insecureLoopback: true, clientId: client,
      clientAuth: 'none', redirectUri: `http://127.0.0.1/callback/raw-${this.port}`, ...more,
    };
  }

  async addSignedIn(world, name, more = {}) {
    const added = await world.call('AddAccount', { account: name, definition: this.definition(name, more) });
    if (added.error) throw new Error(`no account: ${JSON.stringify(added)}`);
    await this.signIn(world, name);
  }

  async signIn(world, name) {
    const connection = connect(world.sandbox.socket);
    connection.send(message('Login', { account: name }, { more: true }));
    const [, reply] = await connection.until(/^([^\0]*)\0/);
    const { parameters: { url } = {} } = JSON.parse(reply);
    if (!url) throw new Error(`no login: ${reply}`);
    const asked = new URL(url).searchParams;
    await browse(`${asked.get('redirect_uri')}?code=code-of-${name}&state=${asked.get('state')}`);
    const [end] = await connection.until(/"stage":"done"|"error"[^\0]*/);
    connection.socket.destroy();
    if (end.startsWith('"error')) throw new Error(`no login: ${end}`);
  }

  // As the provider double's.
  async accepts(token) { return this.#issued.has(token); }
  async tokenRequests(grantType) { return this.requests.filter((request) => request.grant_type === grantType); }
  of(client) { return this.requests.filter((request) => request.client === client && request.grant_type === 'refresh_token'); }

  #handle(request, response) {
    this.#count(response);
    let body = '';
    request.setEncoding('utf8').on('data', (part) => { body += part; }).on('error', () => {});
    request.on('end', () => this.#answer(new URLSearchParams(body), request, response));
  }

  #count(response) {
    const { all } = RawProvider;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight += 1);
    all.most = Math.max(all.most, all.inFlight += 1);
    response.on('error', () => {}).on('close', () => {
      this.inFlight -= 1;
      all.inFlight -= 1;
      RawProvider.#news.emit('news');
    });
  }

  #answer(form, request, response) {
    const credential = form.get('refresh_token') ?? form.get('code') ?? '';
    const client = form.get('client_id');
    const seen = { client, credential, grant_type: form.get('grant_type'), outside_leeway: this.#spent.has(credential) };
    this.requests.push(seen);
    queueMicrotask(() => RawProvider.#news.emit('news'));  // when the script has run
    response.on('finish', () => { if (seen.answered) this.#spent.add(credential); });
    if (seen.outside_leeway) return this.send(response, 400, '{"error":"invalid_grant"}');
    const script = form.get('grant_type') === 'refresh_token' ? this.#scripts.get(client) : null;
    const tokens = () => { seen.answered = true; return JSON.stringify(this.tokens()); };
    if (script) return script(response, tokens, request);
    return setTimeout(() => this.send(response, 200, tokens()), this.delayMs);
  }

  tokens() {
    const [access, refresh] = [`at-${this.#issued.size}-${Math.random()}`, `rt-${this.#issued.size}-${Math.random()}`];
    this.#issued.add(access);
    return { access_token: access, token_type: 'Bearer', expires_in: this.lifetime, refresh_token: refresh };
  }

  send(response, status, body, fields = {}) {
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close', ...fields }).end(body);
  }
}
