// More accounts than a socket's buffers hold: lists come as fast as they are read, and whole.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { leftOut } from './lib/programs.mjs';
import { Sandbox } from './lib/sandbox.mjs';
import { connect, http, message } from './lib/socket.mjs';

const kAccounts = 1000;

describe('a thousand accounts', { skip: leftOut() }, () => {
  let sandbox;

  before(async () => {
    sandbox = await Sandbox.create();
    await sandbox.startDaemon();
    const connection = connect(sandbox.socket);
    const definition = { authorizationEndpoint: 'https://as.example/authorize', tokenEndpoint: 'https://as.example/token',
      clientId: 'app', redirectUri: 'http://127.0.0.1/callback/many', scopes: ['mail.read', 'mail.send'] };
    for (let i = 0; i < kAccounts; ++i) connection.send(message('AddAccount', { account: `account-${i}`, definition }));
    for (const reply of await connection.messages(kAccounts)) assert.ok(!reply.includes('"error"'), reply);
    connection.socket.destroy();
  });
  after(() => sandbox.close());

  test('are listed by tokenctl, as a table and as JSON', async () => {
    assert.equal((await sandbox.json('list')).length, kAccounts);
    const table = await sandbox.tokenctl('status');
    assert.equal(table.stdout.split('\n').filter((line) => line.startsWith('account-')).length, kAccounts);
  });

  test('are one HTTP answer', async () => {
    const answer = await http(sandbox.socket, '/v1/accounts');
    assert.equal(answer.status, 200);
    assert.equal(JSON.parse(answer.body).length, kAccounts);
  });

  // Reads nothing until others have been served meanwhile.
  async function readLate(method, count) {
    const connection = connect(sandbox.socket);
    connection.socket.pause();
    connection.send(message(method, {}, { more: true }));
    for (let i = 0; i < 20; ++i) await http(sandbox.socket, '/v1/status');
    connection.socket.resume();
    const replies = await connection.messages(count);
    connection.socket.destroy();
    return replies;
  }

  test('wait for a client that reads late', async () => {
    assert.equal((await readLate('ListAccounts', kAccounts)).length, kAccounts);
    assert.match((await readLate('Subscribe', kAccounts + 1)).at(-1), /"event":"synced"/);
  });
});
