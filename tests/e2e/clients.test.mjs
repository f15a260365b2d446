// What programs do to the socket, well and badly. Whatever one of them does, the others are served.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';

import { addSignedIn, token } from './lib/accounts.mjs';
import { leftOut } from './lib/programs.mjs';
import { ProviderDouble } from './lib/provider_double.mjs';
import { Sandbox } from './lib/sandbox.mjs';
import { call, connect, http, message } from './lib/socket.mjs';

const kLargestMessage = 64 * 1024;

describe('on the socket', { skip: leftOut() }, () => {
  let provider, sandbox, served;

  before(async () => {
    [provider, sandbox] = await Promise.all([ProviderDouble.start(), Sandbox.create()]);
    await sandbox.startDaemon();
    await addSignedIn(sandbox, 'acme', provider);
    served = await token(sandbox, 'acme');
  });
  after(() => Promise.allSettled([sandbox.close(), provider.stop()]));

  // Whatever happened: the daemon serves others.
  afterEach(async () => assert.equal(await token(sandbox, 'acme'), served));

  const closedAfter = async (bytes) => {
    const connection = connect(sandbox.socket);
    connection.send(bytes);
    await connection.closed;
    return connection.received;
  };

  test('a program gets a token with its expiry by one varlink call', async () => {
    const { parameters } = await call(sandbox.socket, 'GetToken', { account: 'acme' });
    assert.equal(parameters.accessToken, served);
    assert.equal(parameters.tokenType, 'Bearer');
    assert.equal(parameters.account, 'acme');
    assert.ok(parameters.expiresAt > Date.now() / 1000);
  });

  test('the interface describes itself', async () => {
    const info = await call(sandbox.socket, 'org.varlink.service.GetInfo');
    assert.ok(info.parameters.interfaces.includes('io.tokend.Broker'));
    const described = await call(sandbox.socket, 'org.varlink.service.GetInterfaceDescription', { interface: 'io.tokend.Broker' });
    assert.match(described.parameters.description, /interface io\.tokend\.Broker\n/);
    assert.match(described.parameters.description, /method GetToken\(/);
  });

  test('calls that come in pieces or together are answered in their order', async () => {
    const connection = connect(sandbox.socket);
    const calls = message('GetToken', { account: 'acme' }) + message('GetToken', { account: 'nobody' }) + message('GetStatus');
    for (const byte of calls) connection.send(byte);
    const [, first, second, third] = await connection.until(/^([^\0]+)\0([^\0]+)\0([^\0]+)\0/);
    assert.equal(JSON.parse(first).parameters.accessToken, served);
    assert.equal(JSON.parse(second).error, 'io.tokend.Broker.NoSuchAccount');
    assert.equal(JSON.parse(third).parameters.pid, sandbox.daemon.pid);
    connection.socket.destroy();
  });

  test('a program that shuts its side down after asking is answered', async () => {
    const connection = connect(sandbox.socket);
    connection.socket.end(message('GetToken', { account: 'acme' }));
    await connection.closed;
    assert.equal(JSON.parse(connection.received.slice(0, -1)).parameters.accessToken, served);
  });

  test('wrong types and unknown methods are errors, and the connection goes on', async () => {
    const connection = connect(sandbox.socket);
    connection.send(message('GetToken', { account: 7 }) + message('NoSuchMethod') + message('no.such.interface.Method'));
    connection.send(message('GetStatus'));
    const [, wrong, method, other, status] = await connection.until(/^([^\0]+)\0([^\0]+)\0([^\0]+)\0([^\0]+)\0/);
    assert.equal(JSON.parse(wrong).error, 'org.varlink.service.InvalidParameter');
    assert.equal(JSON.parse(method).error, 'org.varlink.service.MethodNotFound');
    assert.match(JSON.parse(other).error, /^org\.varlink\.service\.(InterfaceNotFound|MethodNotFound)$/);
    assert.ok(JSON.parse(status).parameters);
    connection.socket.destroy();
  });

  test('unknown fields are ignored', async () => {
    const { parameters } = await call(sandbox.socket, 'GetToken', { account: 'acme', fromTheFuture: [1, { a: null }] });
    assert.equal(parameters.accessToken, served);
  });

  // The question that follows in the same breath is not answered any more.
  for (const [what, bytes] of [
    ['neither varlink nor HTTP', '\x01\x02\x03'],
    ['broken JSON', '{"method": \0'],
    ['JSON that is not a call', '{"a": 1}\0'],
    ['a message with trailing words', '{"method":"io.tokend.Broker.GetStatus"} more\0'],
    ['an oversized message', `{"method":"${'x'.repeat(kLargestMessage + 1)}"}\0`],
    ['an oversized message without an end', `{"method":"${'x'.repeat(2 * kLargestMessage)}`],
    ['very deep JSON', `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}\0`],
  ]) {
    test(`a program that sends ${what} is cut off, and told no token that it asks for then`, async () => {
      assert.doesNotMatch(await closedAfter(bytes + message('GetToken', { account: 'acme' })), /accessToken/);
    });
  }

  test('a program that sends half a message is cut off after 10 s, and others are served meanwhile', async () => {
    const connection = connect(sandbox.socket);
    const begun = performance.now();
    connection.send('{"method":"io.tokend.Bro');
    assert.equal(await token(sandbox, 'acme'), served);
    await connection.closed;
    const seconds = (performance.now() - begun) / 1000;
    assert.ok(seconds > 9.9 && seconds < 20, `${seconds} s`);
    assert.equal(connection.received, '');
  });

  test('a program that never reads delays nobody', async () => {
    const connection = connect(sandbox.socket);
    connection.socket.pause();
    const asked = message('GetToken', { account: 'acme' });
    for (let i = 0; i < 20_000 && !connection.socket.destroyed; ++i) connection.send(asked);
    assert.equal(await token(sandbox, 'acme'), served);
    assert.equal((await call(sandbox.socket, 'GetToken', { account: 'acme' })).parameters.accessToken, served);
    connection.socket.destroy();
  });

  test('a program that leaves while it waits is forgotten', async () => {
    await provider.fault('stall_answer');
    const connection = connect(sandbox.socket);
    connection.send(message('Refresh', { account: 'acme' }));
    await provider.untilHeld(1);
    connection.socket.destroy();
    await provider.release();
    await token(sandbox, 'acme', '--timeout', '10');
    ({ parameters: { accessToken: served } } = await call(sandbox.socket, 'GetToken', { account: 'acme' }));
    assert.ok(await provider.accepts(served));
  });

  test('curl gets a token by HTTP, not to be stored', async () => {
    const answer = await http(sandbox.socket, '/v1/token/acme');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['cache-control'], 'no-store');
    const body = JSON.parse(answer.body);
    assert.equal(body.access_token, served);
    assert.equal(body.token_type, 'Bearer');
    assert.ok(body.expires_in > 0 && body.expires_at > Date.now() / 1000);
  });

  test('accounts and the status can be read by HTTP', async () => {
    assert.equal(JSON.parse((await http(sandbox.socket, '/v1/accounts')).body)[0].account, 'acme');
    assert.equal(JSON.parse((await http(sandbox.socket, '/v1/accounts/acme')).body).account, 'acme');
    assert.equal(JSON.parse((await http(sandbox.socket, '/v1/status')).body).accounts, 1);
  });

  test('a method of the interface can be called by HTTP', async () => {
    const answer = await http(sandbox.socket, '/call/io.tokend.Broker.GetToken', {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"account":"acme"}' });
    assert.equal(answer.status, 200);
    assert.equal(JSON.parse(answer.body).accessToken, served);
  });

  for (const [what, target, options, status] of [
    ['an unknown account', '/v1/token/nobody', {}, 404],
    ['an unknown path', '/v1/nothing', {}, 404],
    ['a bad parameter', '/v1/token/acme?min_ttl=soon', {}, 400],
    ['a wrong method', '/v1/token/acme', { method: 'DELETE' }, 405],
    ['a web page\'s origin', '/v1/token/acme', { headers: { origin: 'https://evil.example' } }, 403],
    ['a browser\'s fetch', '/v1/token/acme', { headers: { 'sec-fetch-mode': 'cors' } }, 403],
    ['another host', '/v1/token/acme', { headers: { host: 'evil.example' } }, 403],
    ['a body that is not JSON', '/call/io.tokend.Broker.GetStatus', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{}' }, 415],
    ['a chunked body', '/call/io.tokend.Broker.GetStatus', { method: 'POST', headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }, body: '{}' }, 501],
    ['an endless head field', '/v1/token/acme', { headers: { 'x-long': 'x'.repeat(200_000) } }, 431],
  ]) {
    test(`HTTP with ${what} is refused with ${status}`, async () => {
      const answer = await http(sandbox.socket, target, options);
      assert.equal(answer.status, status);
      assert.doesNotMatch(answer.body, new RegExp(served));
    });
  }
});
