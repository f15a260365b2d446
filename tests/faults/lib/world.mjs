// One daemon, one provider double, accounts between them; and the question that every line asks at its end: is the
// login still there, and is what is served good?
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { addSignedIn } from '../../e2e/lib/accounts.mjs';
import { until } from '../../e2e/lib/process.mjs';
import { ProviderDouble } from '../../e2e/lib/provider_double.mjs';
import { Sandbox } from '../../e2e/lib/sandbox.mjs';
import { call } from '../../e2e/lib/socket.mjs';
import { signIn } from '../../e2e/lib/login.mjs';
import { RawProvider } from './raw_provider.mjs';

export const kLeeway = { rotation: 'leeway', leeway: 600 };
export const kStrict = { rotation: 'strict' };
const kLongestStartMs = 10_000;
const kDatabase = fileURLToPath(new URL('database.py', import.meta.url));

export class World {
  #seen = 0;  // token requests that were looked at

  // settings: of the provider double, or a raw provider; config: tokend.toml; prepare(sandbox): before the first start.
  static async open(settings, { config, prepare } = {}) {
    const provider = settings instanceof RawProvider ? settings : await ProviderDouble.start(settings);
    const sandbox = await Sandbox.create({ config });
    const world = new World(provider, sandbox);
    try {
      await prepare?.(sandbox);
      await sandbox.startDaemon();
      return world;
    } catch (failed) {
      await world.close();
      throw failed;
    }
  }

  constructor(provider, sandbox) {
    this.provider = provider;
    this.sandbox = sandbox;
  }

  signIn(name = 'acme', ...more) {
    return addSignedIn(this.sandbox, name, this.provider, ...more);
  }

  // The daemon starts again; how long it took is part of the verdict.
  async restart(tally, options) {
    const began = Date.now();
    await this.sandbox.startDaemon([], options);
    tally.check(Date.now() - began < kLongestStartMs, `the start took ${Date.now() - began} ms`);
  }

  async stop(signal = 'SIGTERM') {
    return this.sandbox.daemon.kill(signal);
  }

  // { parameters } or { error, parameters }; { error: 'closed' } if the daemon went away.
  async call(method, parameters) {
    return call(this.sandbox.socket, method, parameters).catch(() => ({ error: 'closed' }));
  }
  refresh(name = 'acme', more = {}) { return this.call('Refresh', { account: name, ...more }); }
  get(name = 'acme', more = {}) { return this.call('GetToken', { account: name, ...more }); }
  async token(name = 'acme') { return (await this.get(name)).parameters?.accessToken ?? null; }

  async account(name = 'acme') {
    return (await this.call('GetAccount', { account: name })).parameters.status;
  }

  // Kilobytes.
  memory() {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.sandbox.daemon.pid}/status`, 'utf8'))[1]);
  }

  async refreshes() {
    return this.provider.tokenRequests('refresh_token');
  }

  // Token requests since the last look.
  async newRequests() {
    const all = await this.refreshes();
    const fresh = all.slice(this.#seen);
    this.#seen = all.length;
    return fresh;
  }

  async database() {
    const { stdout } = await promisify(execFile)('python3', [kDatabase, this.sandbox.state]);
    return JSON.parse(stdout);
  }

  // After the fault is over: a refresh goes through, what is served is good, and no spent credential was sent.
  async judge(tally, name = 'acme') {
    const answer = await this.#refreshedAtLast(name);
    if (answer.error === 'io.tokend.Broker.LoginRequired') {
      tally.lose(`${name}: ${answer.parameters.cause}: ${answer.parameters.reason}`);
      return false;
    }
    await this.checkServed(tally, name);
    return tally.check(!answer.error, `${name} was not refreshed: ${JSON.stringify(answer)}`);
  }

  async checkServed(tally, name = 'acme') {
    const served = await this.token(name);
    return tally.check(served !== null && await this.provider.accepts(served), `${name}: a dead token is served, or none`);
  }

  async checkNothingSuperseded(tally) {
    const late = (await this.newRequests()).filter((request) => request.outside_leeway);
    tally.check(late.length === 0, `${late.length} superseded refresh tokens were sent outside the leeway`);
  }

  // A new login for an account that lost its own.
  async signInAgain(name = 'acme') {
    const ended = await signIn(this.sandbox, name);
    if (ended.code !== 0) throw new Error(`no new login: ${ended.stderr}`);
  }

  async close() {
    await Promise.allSettled([this.sandbox.close(), this.provider.stop()]);
  }

  async #refreshedAtLast(name) {
    let answer;
    await until('a definite answer to a refresh', async () => {
      answer = await this.refresh(name, { timeout: 20 });
      return answer.error !== 'io.tokend.Broker.TemporarilyUnavailable';
    }, 90_000).catch(() => {});
    return answer;
  }
}
