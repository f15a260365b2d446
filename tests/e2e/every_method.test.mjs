// The face for programs that speak HTTP: each method of the interface, called once and answered with what it is for.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';

import { addSignedIn, kDemoSecret, token } from './lib/accounts.mjs';
import { answeredAt } from './lib/consent.mjs';
import { leftOut } from './lib/programs.mjs';
import { ProviderDouble } from './lib/provider_double.mjs';
import { Sandbox } from './lib/sandbox.mjs';
import { connect, http } from './lib/socket.mjs';

const kInterface = new URL('../../proto/io.tokend.Broker.varlink', import.meta.url);

describe('by HTTP', { skip: leftOut() }, () => {
  let provider, sandbox, login;
  const called = new Set();

  before(async () => {
    [provider, sandbox] = await Promise.all([ProviderDouble.start(), Sandbox.create()]);
    await sandbox.startDaemon();
    await addSignedIn(sandbox, 'acme', provider);
  });
  after(() => Promise.allSettled([sandbox.close(), provider.stop()]));

  async function post(method, parameters = {}) {
    const answer = await http(sandbox.socket, `/call/io.tokend.Broker.${method}`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(parameters) });
    assert.equal(answer.status, 200, `${method}: ${answer.body}`);
    called.add(method);
    return JSON.parse(answer.body);
  }

  // A connection on which the replies come, with the first of them that matches.
  async function stream(method, parameters, pattern) {
    const body = JSON.stringify(parameters);
    const connection = connect(sandbox.socket);
    connection.send([`POST /call/io.tokend.Broker.${method} HTTP/1.1`, 'Host: localhost', 'Accept: application/json-seq',
      'Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n'));
    connection.match = await connection.until(pattern);
    assert.match(connection.received, /^HTTP\/1\.1 200 [^]*\x1e\{/);
    called.add(method);
    return connection;
  }

  for (const [method, call] of Object.entries({
    GetStatus: async () => assert.equal((await post('GetStatus')).pid, sandbox.daemon.pid),
    GetToken: async () => assert.equal((await post('GetToken', { account: 'acme' })).accessToken, await token(sandbox, 'acme')),
    RejectToken: async () => assert.equal((await post('RejectToken', { account: 'acme', accessToken: 'another' })).current, false),
    AddAccount: async () => {
      const definition = { issuer: provider.issuer, insecureLoopback: true, clientId: 'demo', clientSecret: kDemoSecret,
        redirectUri: 'http://127.0.0.1/callback/demo', sharedRedirect: true };
      assert.equal((await post('AddAccount', { account: 'other', definition })).redirectUri, definition.redirectUri);
    },
    UpdateAccount: async () => {
      const definition = { scopes: ['openid', 'offline_access'] };
      assert.deepEqual((await post('UpdateAccount', { account: 'other', definition })).changed, ['scopes']);
    },
    GetAccount: async () => assert.equal((await post('GetAccount', { account: 'other' })).status.state, 'signed_out'),
    CancelLogin: async () => {
      const dropped = await stream('Login', { account: 'other' }, /"url":/);
      await post('CancelLogin', { account: 'other' });
      await dropped.closed;
      assert.match(dropped.received, /"error":/);
    },
    Login: async () => { login = await stream('Login', { account: 'other' }, /"url":("[^"]+")/); },
    CompleteLogin: async () => {
      const redirectedUrl = await answeredAt(JSON.parse(login.match[1]));
      await post('CompleteLogin', { account: 'other', redirectedUrl });
      await login.closed;
      assert.match(login.received, /"stage":"done"/);
    },
    Refresh: async () => assert.ok((await post('Refresh', { account: 'other' })).expiresAt > Date.now() / 1000),
    ListAccounts: async () => (await stream('ListAccounts', {}, /"account":"other"/)).closed,
    Subscribe: async () => (await stream('Subscribe', {}, /"event":"synced"/)).socket.destroy(),
    Logout: async () => assert.equal((await post('Logout', { account: 'other' })).revoked, true),
    RemoveAccount: async () => {
      await post('RemoveAccount', { account: 'other' });
      assert.deepEqual((await sandbox.json('list')).map(({ account }) => account), ['acme']);
    },
    Lock: async () => {
      await post('Lock');
      assert.equal((await post('GetStatus')).state, 'locked');
    },
    Unlock: async () => {
      await post('Unlock');
      assert.equal((await post('GetStatus')).state, 'ok');
    },
  })) test(`${method} can be called`, call);

  test('every method can be called', async () => {
    const described = await readFile(kInterface, 'utf8');
    const methods = [...described.matchAll(/^method (\w+)\(/gm)].map(([, name]) => name);
    assert.deepEqual([...called].sort(), methods.sort());
  });
});
