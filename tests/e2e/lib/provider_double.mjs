// The provider double as a process, and its control interface (tests/provider_double/README.md).
import { program } from './programs.mjs';
import { Running } from './process.mjs';

export class ProviderDouble {
  static async start(settings = {}) {
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name.replaceAll('_', '-')}`, String(value)]);
    const running = new Running(program('provider-double'), args, { env: { PATH: process.env.PATH } });
    const [, issuer] = await running.saw('stdout', /ready on (\S+)/);
    return new ProviderDouble(running, issuer);
  }

  constructor(running, issuer) {
    this.running = running;
    this.issuer = issuer;
  }

  // What `tokenctl add` needs to know of it.
  definition(...more) {
    return ['--issuer', this.issuer, '--insecure-loopback', '--client-id', 'demo',
      '--redirect-uri', 'http://127.0.0.1/callback/demo', ...more];
  }

  settings(values) { return this.#post('settings', values); }
  fault(kind, details = {}) { return this.#post('fault', { kind, ...details }); }
  clearFaults() { return this.#post('clear_faults'); }
  release() { return this.#post('release'); }
  decideDevice(userCode, details = {}) { return this.#post('device', { user_code: userCode, ...details }); }
  async timesSent(credential) { return (await this.#post('sent', { credential })).times; }

  state() { return this.#get('state'); }
  ledger() { return this.#get('ledger'); }
  secrets() { return this.#get('secrets'); }
  untilTokenRequests(count) { return this.#get(`await?token_requests=${count}`); }
  untilHeld(count) { return this.#get(`await?held=${count}`); }

  async tokenRequests(grantType) {
    const { token_requests: requests } = await this.ledger();
    return grantType ? requests.filter((request) => request.grant_type === grantType) : requests;
  }

  // Is this access token good at the resource?
  async accepts(accessToken) {
    const answer = await fetch(`${this.issuer}/resource`, { headers: { authorization: `Bearer ${accessToken}` } });
    await answer.text();
    return answer.status === 200;
  }

  stop() { return this.running.kill('SIGTERM'); }

  async #post(what, values = {}) {
    return this.#read(await fetch(`${this.issuer}/_control/${what}`, { method: 'POST', body: new URLSearchParams(values) }));
  }
  async #get(what) {
    return this.#read(await fetch(`${this.issuer}/_control/${what}`, { signal: AbortSignal.timeout(60_000) }));
  }
  async #read(answer) {
    const body = await answer.json();
    if (!answer.ok) throw new Error(`provider double: ${body.error}`);
    return body;
  }
}
