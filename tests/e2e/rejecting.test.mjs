// A token that an API refuses: reported, replaced once, and never served again.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { addSignedIn, assertFails, token } from './lib/accounts.mjs';
import { freshPairForEach } from './lib/fresh_pair.mjs';
import { leftOut } from './lib/programs.mjs';
import { call } from './lib/socket.mjs';

describe('a refused token', { skip: leftOut() }, () => {
  let provider, sandbox;

  freshPairForEach((pair) => { ({ provider, sandbox } = pair); });

  const reject = (value) => sandbox.tokenctl('reject', 'acme', { input: `${value}\n` });
  const refreshes = async () => (await provider.tokenRequests('refresh_token')).length;

  test('is replaced by one refresh, however many programs report it, and they are told', async () => {
    await addSignedIn(sandbox, 'acme', provider);
    const first = await token(sandbox, 'acme');
    const watch = sandbox.start('tokenctl', ['watch', '--json']);
    await watch.saw('stdout', /"synced"/);
    const reports = await Promise.all(Array.from({ length: 8 }, () => reject(first)));
    for (const report of reports) assert.equal(report.code, 0, report.stderr);
    await watch.saw('stdout', /"event":"rejected"[^\n]*"account":"acme"/);
    assert.equal(await refreshes(), 1);
    const second = await token(sandbox, 'acme');
    assert.notEqual(second, first);
    assert.match((await reject(first)).stderr, /acme: not the current token: there is a newer one, and nothing was done/);
    assert.equal(await refreshes(), 1);
  });

  test('is not served again after a kill, though nothing could replace it', async () => {
    await addSignedIn(sandbox, 'acme', provider);
    const first = await token(sandbox, 'acme');
    await provider.fault('status', { status: 503, count: 1000 });
    assertFails(await reject(first), 5, /acme: .*503.*the login is safe/);
    await sandbox.restartDaemon();
    assertFails(await sandbox.tokenctl('token', 'acme', '--timeout', '1'), 5, /acme/);
    await provider.clearFaults();
    assert.notEqual(await token(sandbox, 'acme', '--timeout', '60'), first);
  });

  test('stays when its login has no refresh token, because nothing else is left of that login', async () => {
    await provider.fault('omit_refresh_token');
    await addSignedIn(sandbox, 'acme', provider);
    const only = await token(sandbox, 'acme');
    assertFails(await reject(only), 3, /acme needs a login .*: run 'tokenctl login acme'/);
    assert.equal(await token(sandbox, 'acme'), only);
    const asked = await call(sandbox.socket, 'GetToken', { account: 'acme', rejected: only });
    assert.equal(asked.error, 'io.tokend.Broker.LoginRequired');
  });

  test('comes on stdin, and nothing there is an error', async () => {
    await addSignedIn(sandbox, 'acme', provider);
    assertFails(await reject(''), 2, /stdin holds no token/);
    assertFails(await sandbox.tokenctl('reject', 'nobody', { input: 'value' }), 8, /no account 'nobody'/);
    assertFails(await sandbox.tokenctl('reject', 'acme', 'value-in-argv', { input: 'x' }), 2, /reject/);
  });
});
