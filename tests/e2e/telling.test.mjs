// What tokenctl tells of an account and of what was done to it is true of the daemon that it asked.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';

import { addAccount, addSignedIn, assertFails, token } from './lib/accounts.mjs';
import { consent } from './lib/consent.mjs';
import { beginLogin } from './lib/login.mjs';
import { leftOut } from './lib/programs.mjs';
import { ProviderDouble } from './lib/provider_double.mjs';
import { Sandbox } from './lib/sandbox.mjs';

describe('tokenctl tells', { skip: leftOut() }, () => {
  let provider, sandbox;

  beforeEach(async () => {
    [provider, sandbox] = await Promise.all([ProviderDouble.start(), Sandbox.create()]);
    await sandbox.startDaemon();
  });
  afterEach(() => Promise.allSettled([sandbox.close(), provider.stop()]));

  const set = (...options) => sandbox.tokenctl('set', 'acme', ...options);

  test('whether a change keeps the login, before it and after it', async () => {
    await addSignedIn(sandbox, 'acme', provider);
    assert.match((await set('--url', 'https://x.example', '--dry-run')).stderr, /acme would keep its login/);
    assert.match((await set('--url', 'https://x.example')).stderr, /acme keeps its login/);
    assert.match((await set('--client-id', 'other', '--dry-run')).stderr,
      /acme would need a new login: run 'tokenctl login acme'/);
    await token(sandbox, 'acme');
    assert.match((await set('--client-id', 'other')).stderr, /acme needs a new login: run 'tokenctl login acme'/);
    assert.match((await set('--url', 'https://y.example')).stderr, /acme needs a new login: run 'tokenctl login acme'/);
    assertFails(await sandbox.tokenctl('token', 'acme'), 3, /its definition has changed/);
  });

  test('that an issuer cannot be taken away, and leaves the account as it was', async () => {
    await addAccount(sandbox, 'acme', provider);
    assert.match((await set('--url', 'https://x.example')).stderr, /acme needs a login: run/);
    assertFails(await set('--issuer', ''), 2, /--issuer is empty/);
    assert.equal((await sandbox.json('status', 'acme')).accounts[0].issuer, provider.issuer);
  });

  test('what an account is bound to, and since when somebody is signed in', async () => {
    await addSignedIn(sandbox, 'acme', provider, '--param', 'prompt=consent');
    const sheet = (await sandbox.tokenctl('status', 'acme')).stdout;
    assert.match(sheet, new RegExp(`^  issuer +${provider.issuer}$`, 'm'));
    assert.match(sheet, new RegExp(`^  tokens at +${provider.issuer}/token$`, 'm'));
    assert.match(sheet, /^ {2}client id +demo \((basic|post)\)$/m);
    assert.match(sheet, /^ {2}params +prompt=consent$/m);
    assert.match(sheet, /^ {2}login +since \d{4}-\d\d-\d\d \d\d:\d\d/m);
    const [account] = (await sandbox.json('status', 'acme')).accounts;
    assert.deepEqual(account.params, { prompt: 'consent' });
    assert.ok(account.signedInAt <= Date.now() / 1000);
  });

  test('the callback URL of an account that is not there yet, and adds none', async () => {
    const told = await sandbox.tokenctl('add', 'acme', '--issuer', 'https://i.example', '--dry-run');
    assert.equal(told.code, 0, told.stderr);
    assert.match(told.stderr, /^ {4}http:\/\/127\.0\.0\.1:28765\/callback\/oidc-[0-9a-f]{6}$/m);
    assert.deepEqual(await sandbox.json('list'), []);
  });

  test('a refresh that fails how to wait for a refresh, at the socket that it was given', async () => {
    await addSignedIn(sandbox, 'acme', provider);
    await provider.stop();
    const failed = await sandbox.tokenctl('--socket', sandbox.socket, 'refresh', 'acme');
    assertFails(failed, 5, new RegExp(`run 'tokenctl --socket ${sandbox.socket} refresh acme --timeout 60'`));
  });

  test('who waits for a login without a terminal that it waits, and hands the token over when it came', async () => {
    await addAccount(sandbox, 'acme', provider);
    const waiting = sandbox.start('tokenctl', ['token', 'acme', '--login']);
    await waiting.saw('stderr', /waiting 5 min at most for somebody to run 'tokenctl login acme'/);
    const { login, url } = await beginLogin(sandbox, 'acme');
    await consent(url);
    assert.equal((await login.exited).code, 0);
    const ended = await waiting.exited;
    assert.equal(ended.stdout.trimEnd(), await token(sandbox, 'acme'));
  });

  test('a login that another one has replaced that it was given up, with exit 6', async () => {
    await addAccount(sandbox, 'acme', provider);
    const first = await beginLogin(sandbox, 'acme');
    const second = await beginLogin(sandbox, 'acme', '--restart');
    const ended = await first.login.exited;
    assert.equal(ended.code, 6);
    assert.match(ended.stderr, /acme: the login was started anew/);
    await consent(second.url);
    assert.equal((await second.login.exited).code, 0);
  });
});
