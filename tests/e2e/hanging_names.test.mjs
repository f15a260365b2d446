// Host names whose look-up hangs: the accounts that need them wait, and nobody else does. Needs root, for a name server
// of its own.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';

import { addAccount, addSignedIn, assertFails, token } from './lib/accounts.mjs';
import { signIn } from './lib/login.mjs';
import { leftOut } from './lib/programs.mjs';
import { ProviderDouble } from './lib/provider_double.mjs';
import { Sandbox } from './lib/sandbox.mjs';
import { kPatienceMs, SilentDns } from './lib/silent_dns.mjs';

const kNames = Array.from({ length: 12 }, (_, i) => `login${i}.hang.test`);

describe('while host names hang in their look-up', { skip: leftOut('root') }, () => {
  let dns, provider, sandbox, hanging;

  beforeEach(async () => {
    [provider, sandbox] = await Promise.all([ProviderDouble.start(), Sandbox.create()]);
    dns = await SilentDns.start(sandbox);
    await sandbox.startDaemon([], { within: dns.within });
    await addSignedIn(sandbox, 'acme', provider);
    await Promise.all(kNames.map(addJob));
    hanging = kNames.map((name, i) => sandbox.start('tokenctl', ['token', `job${i}`]));
    await dns.untilAskedFor(kNames);
  });
  afterEach(() => Promise.allSettled([sandbox.close(), provider.stop(), dns.stop()]));

  async function addJob(host, i) {
    const added = await sandbox.tokenctl('add', `job${i}`, '--token-endpoint', `https://${host}/token`, '--client-id', 'demo',
      '--flow', 'client_credentials', '--client-secret-file', '-', { input: 'job-secret' });
    assert.equal(added.code, 0, added.stderr);
  }

  // What was asked before this line was answered while every look-up hung.
  function assertStillHanging() {
    assert.deepEqual(hanging.filter(({ over }) => over), []);
  }

  test('a token at hand is served, and another account is refreshed and signed in', async () => {
    const first = await token(sandbox, 'acme');
    assertStillHanging();
    const refreshed = await sandbox.tokenctl('refresh', 'acme');
    assert.equal(refreshed.code, 0, refreshed.stderr);
    assert.notEqual(await token(sandbox, 'acme'), first);
    assertStillHanging();
    await addAccount(sandbox, 'other', provider);
    const ended = await signIn(sandbox, 'other');
    assert.equal(ended.code, 0, ended.stderr);
    assert.ok(await provider.accepts(await token(sandbox, 'other')));
    assertStillHanging();
  });

  test('the daemon ends when it is told to, and serves after the next start', async () => {
    const served = await token(sandbox, 'acme');
    const told = Date.now();
    assert.equal((await sandbox.daemon.kill('SIGTERM')).code, 0);
    assert.ok(Date.now() - told < kPatienceMs, 'it does not wait for a look-up');
    await sandbox.startDaemon([], { within: dns.within });
    assert.equal(await token(sandbox, 'acme'), served);
  });

  test('those who wait are told in time that nothing answers, and others go on after that', async () => {
    const ended = await Promise.all(hanging.map(({ exited }) => exited));
    ended.forEach((one, i) => assertFails(one, 5, new RegExp(`job${i}: login${i}\\.hang\\.test does not answer`)));
    const refreshed = await sandbox.tokenctl('refresh', 'acme');
    assert.equal(refreshed.code, 0, refreshed.stderr);
    assert.ok(await provider.accepts(await token(sandbox, 'acme')));
  });

  test('those who wait are told as soon as there is no such name', async () => {
    dns.answer();
    const ended = await Promise.all(hanging.map(({ exited }) => exited));
    ended.forEach((one, i) => assertFails(one, 5, new RegExp(`job${i}: login${i}\\.hang\\.test cannot be found \\(DNS\\)`)));
  });
});
