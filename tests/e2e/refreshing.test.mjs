// Tokens that stay fresh: single flight, outages, kills at the worst moment, and the status that tells the truth.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';

import { addSignedIn, assertFails, token } from './lib/accounts.mjs';
import { freshPairForEach } from './lib/fresh_pair.mjs';
import { until } from './lib/process.mjs';
import { leftOut } from './lib/programs.mjs';
import { ProviderDouble } from './lib/provider_double.mjs';
import { Sandbox } from './lib/sandbox.mjs';
import { stopping } from './lib/stopping.mjs';
import { tokensOf, waitingCallers } from './lib/waiting_callers.mjs';

const kCallers = 30;
const kMany = 1000;  // of a fault that a test ends itself

describe('a refresh', { skip: leftOut() }, () => {
  let provider, sandbox;

  freshPairForEach((pair) => { ({ provider, sandbox } = pair); });

  const refreshes = () => provider.tokenRequests('refresh_token');
  const account = async () => (await sandbox.json('status')).accounts.find(({ account: name }) => name === 'acme');

  // Signed in with tokens that live so long that nothing is refreshed by itself while the test runs.
  const signedIn = (...more) => addSignedIn(sandbox, 'acme', provider, ...more);

  // Signed in with tokens of a few seconds, and the first one dead.
  async function signedInAndExpired(seconds) {
    await provider.settings({ access_ttl: seconds });
    await signedIn();
    const old = await token(sandbox, 'acme');
    await sandbox.daemon.kill('SIGKILL');
    await until('the access token expires', async () => !(await provider.accepts(old)));
  }

  test('happens once, however many programs want the expired token', async () => {
    await signedInAndExpired(4);
    await provider.settings({ access_ttl: 3600 });
    const before = (await refreshes()).length;
    await provider.fault('stall_answer');
    await sandbox.startDaemon();
    const callers = await waitingCallers(sandbox, 'acme', kCallers);
    await provider.untilHeld(1);
    assert.equal((await refreshes()).length - before, 1);
    await provider.release();
    const tokens = await tokensOf(callers);
    assert.equal((await refreshes()).length - before, 1);
    assert.equal(new Set(tokens).size, 1);
    assert.ok(await provider.accepts(tokens[0]));
  });

  test('happens ahead of the expiry, without being asked for', async () => {
    await provider.settings({ access_ttl: 6 });
    await signedIn();
    const first = await token(sandbox, 'acme');
    await provider.untilTokenRequests(2);  // the login's own is the first
    assert.ok(await provider.accepts(first), 'the old token was still good');
  });

  test('whose answer brings no new refresh token keeps the old one', async () => {
    await provider.settings({ rotation: 'never' });
    await signedIn();
    for (let i = 0; i < 3; ++i) assert.equal((await sandbox.tokenctl('refresh', 'acme')).code, 0);
    assert.equal(new Set((await refreshes()).map(({ fingerprint }) => fingerprint)).size, 1);
  });

  test('rotates, and never sends a superseded refresh token', async () => {
    await signedIn();
    for (let i = 0; i < 3; ++i) {
      assert.equal((await sandbox.tokenctl('refresh', 'acme')).code, 0);
      await sandbox.restartDaemon('SIGKILL');
    }
    const { superseded_sent_outside_leeway: superseded } = await provider.ledger();
    assert.equal(superseded, false);
    assert.ok(await provider.accepts(await token(sandbox, 'acme')));
  });

  for (const [what, kind, details] of [
    ['HTML and 500', 'status', { status: 500 }],
    ['nothing', 'drop', {}],
    ['503 and no Retry-After', 'status', { status: 503 }],
    ['HTML and 404', 'status', { status: 404 }],
  ]) {
    test(`that is answered with ${what} is no logout: the token is served on, and it ends by itself`, async () => {
      await signedIn();
      const before = await token(sandbox, 'acme');
      await provider.fault(kind, { ...details, count: kMany });
      assertFails(await sandbox.tokenctl('refresh', 'acme', '--timeout', '1'), 5, /acme.*the login is safe/);
      assert.equal(await token(sandbox, 'acme'), before);
      const troubled = await account();
      assert.equal(troubled.state, 'backing_off');
      assert.equal(troubled.usable, true);
      assert.ok(troubled.cause && troubled.reason);

      await provider.clearFaults();
      const refreshed = await sandbox.tokenctl('refresh', 'acme');
      assert.equal(refreshed.code, 0, refreshed.stderr);
      const well = await account();
      assert.equal(well.state, 'fresh');
      assert.equal(well.cause ?? null, null);
      assert.notEqual(await token(sandbox, 'acme'), before);
    });
  }

  test('that fails with an expired token gives exit 5, and a caller with --timeout waits until it works', async () => {
    await signedInAndExpired(3);
    await provider.fault('status', { status: 500, count: kMany });
    await sandbox.startDaemon();
    assertFails(await sandbox.tokenctl('token', 'acme'), 5, /acme/);
    const failed = (await refreshes()).length;
    const waiting = sandbox.start('tokenctl', ['token', 'acme', '--timeout', '120']);
    await provider.clearFaults();
    const answered = await waiting.exited;
    assert.equal(answered.code, 0, answered.stderr);
    assert.ok((await refreshes()).length > failed);
  });

  test('that is throttled says how long to wait and costs nothing in between', async () => {
    await signedIn();
    await provider.fault('status', { status: 429, retry_after: 90 });
    assertFails(await sandbox.tokenctl('refresh', 'acme'), 5, /acme.*(90|89) s/);
    const sent = (await refreshes()).length;
    assertFails(await sandbox.tokenctl('refresh', 'acme'), 5, /acme/);
    assert.equal((await refreshes()).length, sent);
  });

  test('that is read and dropped on a kept connection sends the refresh token once', async () => {
    await signedIn();
    assert.equal((await sandbox.tokenctl('refresh', 'acme')).code, 0);
    const before = (await refreshes()).length;
    await provider.fault('drop');
    assertFails(await sandbox.tokenctl('refresh', 'acme', '--timeout', '1'), 5, /acme/);
    assert.equal((await refreshes()).length - before, 1);
  });

  test('that was revoked ends with exit 3, says so, and the status agrees', async () => {
    await signedIn();
    await provider.fault('oauth_error', { error: 'invalid_grant', count: kMany });
    assertFails(await sandbox.tokenctl('refresh', 'acme'), 3, /acme needs a login.*tokenctl login acme/);
    const dead = await account();
    assert.equal(dead.state, 'needs_login');
    assert.equal(dead.cause, 'refresh_token_revoked');
    assert.match(dead.next, /tokenctl login acme/);
    assert.equal((await sandbox.tokenctl('status')).code, 3);
  });

  test('whose provider rotated and lost its answer, without leeway, ends in a login that says why', async () => {
    await signedIn();
    const before = await token(sandbox, 'acme');
    await provider.fault('lose_answer');
    assertFails(await sandbox.tokenctl('refresh', 'acme', '--timeout', '1'), 5, /acme/);
    assert.equal(await token(sandbox, 'acme'), before, 'the access token is still good, so it is served');
    assertFails(await sandbox.tokenctl('refresh', 'acme'), 3, /acme/);
    assert.equal((await account()).cause, 'refresh_in_doubt');
  });

  test('in flight at SIGTERM is awaited and kept', async () => {
    await signedIn();
    await provider.fault('stall_answer');
    const asked = sandbox.start('tokenctl', ['refresh', 'acme']);
    await provider.untilHeld(1);
    const stopped = sandbox.daemon.kill('SIGTERM');
    await stopping(sandbox);
    assert.equal(sandbox.daemon.over, undefined, 'it waits for the answer');
    await provider.release();
    assert.equal((await stopped).code, 0);
    await asked.exited;

    await sandbox.startDaemon();
    const again = await sandbox.tokenctl('refresh', 'acme');
    assert.equal(again.code, 0, again.stderr);
    assert.equal((await provider.ledger()).superseded_sent_outside_leeway, false);
  });

  test('cut off by kill -9 before the provider saw to it works after the restart', async () => {
    await signedIn();
    await provider.fault('stall');
    const asked = sandbox.start('tokenctl', ['refresh', 'acme']);
    await provider.untilHeld(1);
    await sandbox.daemon.kill('SIGKILL');
    await asked.exited;
    await sandbox.startDaemon();
    assert.ok(await provider.accepts(await token(sandbox, 'acme')));
    const again = await sandbox.tokenctl('refresh', 'acme');
    assert.equal(again.code, 0, again.stderr);
  });

  test('cut off by kill -9 after the provider rotated works after the restart, within its leeway', async () => {
    await provider.settings({ rotation: 'leeway', leeway: 600 });
    await signedIn();
    await provider.fault('stall_answer');
    const asked = sandbox.start('tokenctl', ['refresh', 'acme']);
    await provider.untilHeld(1);
    await sandbox.daemon.kill('SIGKILL');
    await asked.exited;
    await provider.release();
    await sandbox.startDaemon();
    assert.ok(await provider.accepts(await token(sandbox, 'acme')));
    const again = await sandbox.tokenctl('refresh', 'acme');
    assert.equal(again.code, 0, again.stderr);
  });

  test('is announced to those who watch', async () => {
    await signedIn();
    const watch = sandbox.start('tokenctl', ['watch', '--json']);
    await watch.saw('stdout', /"synced"/);
    assert.equal((await sandbox.tokenctl('refresh', 'acme')).code, 0);
    await watch.saw('stdout', /"event":\s*"refreshed"/);
    for (const line of watch.stdout.trim().split('\n')) JSON.parse(line);
    await watch.kill('SIGINT');
  });
});

describe('a logout', { skip: leftOut() }, () => {
  let provider, sandbox;

  beforeEach(async () => {
    [provider, sandbox] = await Promise.all([ProviderDouble.start(), Sandbox.create()]);
    await sandbox.startDaemon();
    await addSignedIn(sandbox, 'acme', provider);
  });
  afterEach(() => Promise.allSettled([sandbox.close(), provider.stop()]));

  test('revokes at the provider and forgets', async () => {
    const last = await token(sandbox, 'acme');
    const out = await sandbox.tokenctl('logout', 'acme');
    assert.equal(out.code, 0, out.stderr);
    assert.equal(await provider.accepts(last), false);
    assertFails(await sandbox.tokenctl('token', 'acme'), 3, /tokenctl login acme/);
    const { accounts } = await sandbox.json('status');
    assert.equal(accounts[0].state, 'signed_out');
    assert.equal(accounts[0].cause, 'signed_out');
  });

  test('with the provider down ends with exit 5 and forgets nothing; --local forgets', async () => {
    const last = await token(sandbox, 'acme');
    await provider.fault('drop', { path: '/revoke', count: kMany });
    assertFails(await sandbox.tokenctl('logout', 'acme'), 5, /acme/);
    assert.equal(await token(sandbox, 'acme'), last);
    const out = await sandbox.tokenctl('logout', 'acme', '--local');
    assert.equal(out.code, 0, out.stderr);
    assertFails(await sandbox.tokenctl('token', 'acme'), 3, /acme/);
  });

  test('is part of remove, which asks first', async () => {
    const last = await token(sandbox, 'acme');
    assertFails(await sandbox.tokenctl('remove', 'acme', '--no-input'), 2, /--yes/);
    const removed = await sandbox.tokenctl('remove', 'acme', '--yes');
    assert.equal(removed.code, 0, removed.stderr);
    assert.equal(await provider.accepts(last), false);
    assertFails(await sandbox.tokenctl('token', 'acme'), 8, /acme/);
    assert.deepEqual(await sandbox.json('list'), []);
  });
});
