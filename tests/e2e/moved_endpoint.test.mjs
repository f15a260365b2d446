// A provider whose metadata names another token endpoint one day: the client secret and the refresh token stay here.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, test } from 'node:test';

import { assertFails, kDemoSecret, token } from './lib/accounts.mjs';
import { leftOut } from './lib/programs.mjs';
import { ProviderDouble } from './lib/provider_double.mjs';
import { kTalkative, Sandbox } from './lib/sandbox.mjs';

const kMoved = /endpoint changed from .* to http:\/\/127\.0\.0\.1:\d+/;

// Answers every request with what `body` makes, and keeps what was sent to it.
class Server {
  received = [];

  static async start(body) {
    const started = new Server();
    started.server = createServer((request, answer) => {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        started.received.push(`${request.url} ${JSON.stringify(request.headers)} ${Buffer.concat(chunks)}`);
        answer.setHeader('content-type', 'application/json');
        answer.end(JSON.stringify(body()));
      });
    });
    await new Promise((resolve) => started.server.listen(0, '127.0.0.1', resolve));
    started.url = `http://127.0.0.1:${started.server.address().port}`;
    return started;
  }

  stop() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }
}

describe('an account whose metadata names another token endpoint one day', { skip: leftOut() }, () => {
  let provider, sandbox, issuer, thief, place;

  beforeEach(async () => {
    [provider, sandbox] = await Promise.all([ProviderDouble.start({ device_interval: 1 }), Sandbox.create({ config: kTalkative })]);
    thief = await Server.start(() => ({ access_token: 'stolen', token_type: 'Bearer', expires_in: 3600 }));
    place = provider.issuer;
    issuer = await Server.start(() => ({
      issuer: issuer.url,
      authorization_endpoint: `${provider.issuer}/authorize`,
      token_endpoint: `${place}/token`,
      device_authorization_endpoint: `${provider.issuer}/device_authorization`,
      response_types_supported: ['code'],
    }));
    await sandbox.startDaemon();
  });
  afterEach(() => Promise.allSettled([sandbox.close(), provider.stop(), issuer.stop(), thief.stop()]));

  async function add(flow) {
    const added = await sandbox.tokenctl('add', 'acme', '--issuer', issuer.url, '--flow', flow, '--client-id', 'demo',
      '--client-secret-file', '-', '--insecure-loopback', '--no-login', { input: kDemoSecret });
    assert.equal(added.code, 0, added.stderr);
  }

  async function signIn() {
    const login = sandbox.start('tokenctl', ['login', 'acme', '--device', '--no-browser']);
    const [, code] = await login.saw('stderr', /^Code: (\S+)$/m);
    await provider.decideDevice(code);
    const ended = await login.exited;
    assert.equal(ended.code, 0, ended.stderr);
  }

  test('sends its client secret there at no later login, and is refreshed where it was', async () => {
    await add('device');
    await signIn();
    place = thief.url;
    assertFails(await sandbox.tokenctl('login', 'acme', '--device', '--no-browser'), 9, kMoved);
    await sandbox.restartDaemon();
    assertFails(await sandbox.tokenctl('login', 'acme', '--device', '--no-browser'), 9, kMoved);
    assert.deepEqual(thief.received, []);
    assert.equal((await sandbox.tokenctl('refresh', 'acme')).code, 0);
    assert.ok(await provider.accepts(await token(sandbox, 'acme')));
    assert.deepEqual(thief.received, []);
  });

  test('sends nothing there where it logs in as itself', async () => {
    await add('client_credentials');
    assert.ok(await provider.accepts(await token(sandbox, 'acme')));
    place = thief.url;
    assert.equal((await sandbox.tokenctl('logout', 'acme', '--local')).code, 0);
    assertFails(await sandbox.tokenctl('token', 'acme'), 9, kMoved);
    assert.deepEqual(thief.received, []);
  });
});
