// Thousands of accounts: whoever reads is told of every one, at whatever pace, and who does not is cut off.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { leftOut } from './lib/programs.mjs';
import { Sandbox } from './lib/sandbox.mjs';
import { call, connect, http, message } from './lib/socket.mjs';

const kAccounts = 1000;
const kAtOnce = 20;

describe(`of ${kAccounts} accounts`, { skip: leftOut() }, () => {
  const names = Array.from({ length: kAccounts }, (_, i) => `account-${String(i).padStart(5, '0')}`);
  const definition = {
    clientId: 'app', authorizationEndpoint: 'https://as.example/authorize', tokenEndpoint: 'https://as.example/token',
  };
  let sandbox;

  before(async () => {
    sandbox = await Sandbox.create();
    await sandbox.startDaemon();
    const share = kAccounts / kAtOnce;
    await Promise.all(Array.from({ length: kAtOnce }, async (_, i) => {
      const connection = connect(sandbox.socket);
      const calls = names.slice(i * share, (i + 1) * share).map((account) => message('AddAccount', { account, definition }));
      connection.send(calls.join(''));
      await connection.until(new RegExp(`^([^\\0]*\\0){${share}}$`));
      connection.socket.destroy();
    }));
  });
  after(() => sandbox.close());

  const replies = (connection) => connection.received.split('\0').filter(Boolean).map((text) => JSON.parse(text));

  // Asks, and reads nothing before the daemon has had to stop: others were served meanwhile.
  async function askedAndReadLate(bytes) {
    const connection = connect(sandbox.socket);
    connection.socket.pause();
    connection.send(bytes);
    for (let i = 0; i < 20; ++i) await call(sandbox.socket, 'GetStatus');
    connection.socket.resume();
    return connection;
  }

  test('all are listed by varlink to a program that reads late', async () => {
    const connection = await askedAndReadLate(message('ListAccounts', {}, { more: true }));
    await connection.until(/\{"parameters":(?!.*"continues")[^\0]*\0$/);
    const listed = replies(connection);
    assert.deepEqual(listed.map(({ parameters }) => parameters.status.account), names);
    assert.ok(listed.every(({ parameters }) => parameters.total === kAccounts));
    connection.socket.destroy();
  });

  test('all are listed by HTTP, and the connection goes on', async () => {
    const answer = await http(sandbox.socket, '/v1/accounts');
    assert.equal(answer.status, 200);
    assert.deepEqual(JSON.parse(answer.body).map(({ account }) => account), names);
    const ask = (path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    const connection = await askedAndReadLate(ask('/v1/accounts') + ask('/v1/accounts') + ask('/v1/status'));
    await connection.until(/\{"version"[^\r]*\}$/);
    assert.equal(connection.received.split('HTTP/1.1 200 OK').length - 1, 3);
    assert.equal(connection.received.split(`"account":"${names.at(-1)}"`).length - 1, 2);
    connection.socket.destroy();
  });

  test('all are listed to an HTTP/1.0 program, to the end of its connection', async () => {
    const connection = connect(sandbox.socket);
    connection.send('GET /v1/accounts HTTP/1.0\r\n\r\n');
    await connection.closed;
    const body = connection.received.slice(connection.received.indexOf('\r\n\r\n'));
    assert.deepEqual(JSON.parse(body).map(({ account }) => account), names);
  });

  test('all are listed by tokenctl', async () => {
    assert.deepEqual((await sandbox.json('list')).map(({ account }) => account), names);
    const table = await sandbox.tokenctl('list');
    assert.equal(table.code, 0, table.stderr);
    assert.ok(names.every((name) => table.stdout.includes(name)));
    assert.equal((await sandbox.json('status')).accounts.length, kAccounts);
  });

  test('a subscriber that reads late is told how all of them stand, and then what happens', async () => {
    const connection = await askedAndReadLate(message('Subscribe', {}, { more: true }));
    await connection.until(/"synced"/);
    await call(sandbox.socket, 'UpdateAccount', { account: names[0], definition: { urls: ['https://api.example'] } });
    await connection.until(/"updated"[^\0]*\0$/);
    const told = replies(connection).map(({ parameters }) => parameters);
    assert.deepEqual(told.slice(0, kAccounts).map(({ account }) => account), names);
    assert.deepEqual(told.slice(kAccounts).map(({ event }) => event), ['synced', 'updated']);
    connection.socket.destroy();
  });

  test('a program that asks for all and never reads delays nobody', async () => {
    const connection = connect(sandbox.socket);
    connection.socket.pause();
    connection.send(message('ListAccounts', {}, { more: true }).repeat(100));
    for (let i = 0; i < 20; ++i) assert.equal((await call(sandbox.socket, 'GetStatus')).parameters.accounts, kAccounts);
    assert.ok(!connection.socket.destroyed);
    connection.socket.destroy();
  });
});
