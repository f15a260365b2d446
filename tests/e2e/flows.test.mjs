// The other ways to a token, and the differences between servers that a definition can express.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';

import { addAccount, addSignedIn, assertFails, assertKeepsSecrets, kDemoSecret, token } from './lib/accounts.mjs';
import { freshPairForEach } from './lib/fresh_pair.mjs';
import { signIn } from './lib/login.mjs';
import { leftOut } from './lib/programs.mjs';
import { ProviderDouble } from './lib/provider_double.mjs';

const kOddSecret = 'a+b c/%25&=é';

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('an account', { skip: leftOut() }, () => {
  let provider, sandbox;

  freshPairForEach((pair) => { ({ provider, sandbox } = pair); }, { device_interval: 1 });

  async function beginDevice(name) {
    const login = sandbox.start('tokenctl', ['login', name, '--device', '--no-browser']);
    const [, code] = await login.saw('stderr', /^Code: (\S+)$/m);
    await login.saw('stderr', /^Open: (\S+)$/m);
    return { login, code };
  }

  test('is signed in with a device code', async () => {
    await addAccount(sandbox, 'acme', provider, '--flow', 'device');
    const { login, code } = await beginDevice('acme');
    await provider.decideDevice(code);
    const ended = await login.exited;
    assert.equal(ended.code, 0, ended.stderr);
    assert.ok(await provider.accepts(await token(sandbox, 'acme')));
    assert.equal((await sandbox.tokenctl('refresh', 'acme')).code, 0);
    const outcomes = (await provider.tokenRequests()).map(({ outcome }) => outcome);
    assert.ok(!outcomes.includes('slow_down'), 'it polls no faster than it was told');
  });

  test('whose device code is answered no ends with exit 6', async () => {
    await addAccount(sandbox, 'acme', provider, '--flow', 'device');
    const { login, code } = await beginDevice('acme');
    await provider.decideDevice(code, { decision: 'deny' });
    assertFails(await login.exited, 6, /acme/);
  });

  test('polls no faster than every 5 s where the server names no interval', async () => {
    await provider.settings({ send_device_interval: 'off', device_interval: 5 });
    await addAccount(sandbox, 'acme', provider, '--flow', 'device');
    const { login, code } = await beginDevice('acme');
    await provider.untilTokenRequests(1);
    await provider.decideDevice(code);
    assert.equal((await login.exited).code, 0);
    const outcomes = (await provider.tokenRequests()).map(({ outcome }) => outcome);
    assert.deepEqual(outcomes, ['authorization_pending', 'ok']);  // the double answers slow_down to who is faster
  });

  test('whose provider has no device endpoint says which option names one', async () => {
    const secret = await sandbox.file('secret', kDemoSecret);
    const added = await sandbox.tokenctl('add', 'acme', '--authorization-endpoint', `${provider.issuer}/authorize`,
      '--token-endpoint', `${provider.issuer}/token`, '--client-id', 'demo', '--client-secret-file', secret,
      '--insecure-loopback', '--no-login');
    assert.equal(added.code, 0, added.stderr);
    assertFails(await sandbox.tokenctl('login', 'acme', '--device'), 2,
      /acme: .*device authorization endpoint.*run 'tokenctl set acme --device-endpoint \.\.\.'$/m);
  });

  test('of client credentials needs no login and serves at once', async () => {
    await addAccount(sandbox, 'job', provider, '--flow', 'client_credentials');
    assert.ok(await provider.accepts(await token(sandbox, 'job')));
    await sandbox.restartDaemon('SIGKILL');
    assert.ok(await provider.accepts(await token(sandbox, 'job')));
    assert.equal((await provider.tokenRequests('client_credentials')).length, 1);
  });

  test('of a public client sends no secret', async () => {
    await provider.settings({ client_secret: '' });
    const added = await sandbox.tokenctl('add', 'acme', ...provider.definition('--no-login'));
    assert.equal(added.code, 0, added.stderr);
    const ended = await signIn(sandbox, 'acme');
    assert.equal(ended.code, 0, ended.stderr);
    assert.ok(await provider.accepts(await token(sandbox, 'acme')));
  });

  test('works with endpoints given by hand, without discovery', async () => {
    await provider.settings({ discovery: 'off', client_auth: 'client_secret_post' });
    const secret = await sandbox.file('secret', kDemoSecret);
    const added = await sandbox.tokenctl('add', 'acme', '--authorization-endpoint', `${provider.issuer}/authorize`,
      '--token-endpoint', `${provider.issuer}/token`, '--revocation-endpoint', `${provider.issuer}/revoke`,
      '--client-auth', 'post', '--client-id', 'demo', '--client-secret-file', secret, '--insecure-loopback',
      '--redirect-uri', 'http://127.0.0.1/callback/demo', '--no-login');
    assert.equal(added.code, 0, added.stderr);
    const ended = await signIn(sandbox, 'acme');
    assert.equal(ended.code, 0, ended.stderr);
    const last = await token(sandbox, 'acme');
    assert.ok(await provider.accepts(last));
    assert.equal((await sandbox.tokenctl('logout', 'acme')).code, 0);
    assert.equal(await provider.accepts(last), false);
  });

  for (const encoding of ['form', 'raw']) {
    test(`sends a secret with odd characters by Basic, ${encoding}`, async () => {
      await provider.settings({ client_secret: kOddSecret, client_auth: 'client_secret_basic', basic_encoding: encoding });
      const secret = await sandbox.file('odd.secret', kOddSecret);
      const added = await sandbox.tokenctl('add', 'acme', ...provider.definition('--client-secret-file', secret,
        '--client-auth', 'basic', '--basic-encoding', encoding, '--flow', 'client_credentials'), '--no-login');
      assert.equal(added.code, 0, added.stderr);
      assert.ok(await provider.accepts(await token(sandbox, 'acme')));
    });
  }

  test('keeps its client secret from a place that it was not entered for', async () => {
    await addAccount(sandbox, 'job', provider, '--flow', 'client_credentials');
    const other = await ProviderDouble.start();
    try {
      const moved = ['set', 'job', '--token-endpoint', `${other.issuer}/token`];
      assertFails(await sandbox.tokenctl(...moved), 2, /client secret was entered for .*--client-secret-file/);
      assert.ok(await provider.accepts(await token(sandbox, 'job')));
      assert.equal(await other.timesSent(kDemoSecret), 0);
      const secret = await sandbox.file('again', kDemoSecret);
      const given = await sandbox.tokenctl(...moved, '--client-secret-file', secret);
      assert.equal(given.code, 0, given.stderr);
      assert.ok(await other.accepts(await token(sandbox, 'job')));
    } finally {
      await other.stop();
    }
  });

  test('that logs in as itself says when its provider is not found, not that it needs a login', async () => {
    await provider.settings({ discovery: 'off' });
    await addAccount(sandbox, 'job', provider, '--flow', 'client_credentials');
    assertFails(await sandbox.tokenctl('token', 'job'), 9, /publishes no metadata.*tokenctl set job --issuer/);
    const [shown] = await sandbox.json('list');
    assert.equal(shown.state, 'backing_off');
    assert.equal(shown.cause, 'no_metadata');
    await provider.settings({ discovery: 'on' });
    const asked = await sandbox.tokenctl('login', 'job');
    assert.equal(asked.code, 0, asked.stderr);
    assert.ok(await provider.accepts(await token(sandbox, 'job')));
  });

  test('takes the secret from stdin', async () => {
    const added = await sandbox.tokenctl('add', 'job', ...provider.definition('--client-secret-file', '-',
      '--flow', 'client_credentials'), '--no-login', { input: `${kDemoSecret}\n` });
    assert.equal(added.code, 0, added.stderr);
    assert.ok(await provider.accepts(await token(sandbox, 'job')));
  });

  test('keeps what tokenctl reads out of its arguments and environment while it runs', async () => {
    await addSignedIn(sandbox, 'acme', provider);
    const refused = await token(sandbox, 'acme');
    const readers = [
      sandbox.start('tokenctl', ['set', 'acme', '--client-secret-file', '-'], { input: kDemoSecret, heldOpen: true }),
      sandbox.start('tokenctl', ['reject', 'acme'], { input: refused, heldOpen: true }),
    ];
    await assertKeepsSecrets(sandbox, provider);
    for (const reader of readers) {
      assert.equal(reader.over, undefined, 'it was looked at while it ran');
      reader.endInput();
      const ended = await reader.exited;
      assert.equal(ended.code, 0, ended.stderr);
    }
  });

  test('forgets its secret when it is set to an empty one', async () => {
    await addAccount(sandbox, 'acme', provider);
    const set = await sandbox.tokenctl('set', 'acme', '--client-secret-file', '-', { input: '' });
    assert.equal(set.code, 0, set.stderr);
    await provider.settings({ client_secret: '' });
    const ended = await signIn(sandbox, 'acme');
    assert.equal(ended.code, 0, ended.stderr);
  });

  test('is told its callback URL before it has a client, and is not there by that', async () => {
    const asked = ['--issuer', provider.issuer, '--insecure-loopback'];
    const refused = await sandbox.tokenctl('add', 'acme', ...asked);
    assertFails(refused, 2, /--client-id/);
    const [callback] = /http:\/\/127\.0\.0\.1:28765\/callback\/oidc-[0-9a-f]{6}/.exec(refused.stderr);
    assert.deepEqual(await sandbox.json('list'), []);
    const added = await sandbox.tokenctl('add', 'acme', ...asked, '--client-id', 'demo', '--no-login');
    assert.equal(added.code, 0, added.stderr);
    assert.equal((await sandbox.json('list'))[0].redirectUri, callback);
    const plain = await sandbox.tokenctl('add', 'plain', '--issuer', provider.issuer);
    assertFails(plain, 2, /issuer must be https.*--insecure-loopback/);
  });

  test('that nobody signed in has nothing to sign out', async () => {
    await addAccount(sandbox, 'acme', provider);
    const out = await sandbox.tokenctl('logout', 'acme');
    assert.equal(out.code, 0);
    assert.match(out.stderr, /nothing to sign out/);
  });

  test('comes back on the fixed port that was registered, byte for byte', async () => {
    const redirect = `http://127.0.0.1:${await freePort()}/callback/demo`;
    await provider.settings({ redirect_uris: redirect, redirect_matching: 'exact' });
    await addSignedIn(sandbox, 'acme', provider, '--redirect-uri', redirect);
    const [shown] = await sandbox.json('list');
    assert.equal(shown.redirectUri, redirect);
  });

  test('comes back on any port where the server ignores it', async () => {
    await provider.settings({ redirect_uris: 'http://127.0.0.1/callback/demo', redirect_matching: 'any_port' });
    await addSignedIn(sandbox, 'acme', provider);
    assert.ok(await provider.accepts(await token(sandbox, 'acme')));
  });

  test('shows the scopes that were granted, not those that were asked for', async () => {
    await provider.settings({ scopes: 'openid' });
    await addSignedIn(sandbox, 'acme', provider, '--scope', 'openid', '--scope', 'mail');
    const [shown] = await sandbox.json('list');
    assert.deepEqual(shown.scopes, ['openid']);
  });

  test('prints its token in the form that is asked for', async () => {
    await addSignedIn(sandbox, 'acme', provider);
    const bare = await sandbox.tokenctl('token', 'acme');
    assert.equal(bare.stdout, `${bare.stdout.trim()}\n`);
    assert.equal(bare.stderr, '');
    const header = await sandbox.tokenctl('token', 'acme', '--format', 'header');
    assert.equal(header.stdout, `Authorization: Bearer ${bare.stdout}`);
    const json = await sandbox.json('token', 'acme');
    assert.equal(json.access_token, bare.stdout.trim());
    assert.equal(json.account, 'acme');
    assert.ok(json.expires_at > Date.now() / 1000);
  });

  test('cannot be defined twice, badly, or over plain http by accident', async () => {
    await addAccount(sandbox, 'acme', provider);
    const again = await sandbox.tokenctl('add', 'acme', ...provider.definition(), '--no-login');
    assertFails(again, 2, /acme/);
    assertFails(await sandbox.tokenctl('add', 'bad name', ...provider.definition(), '--no-login'), 2, /name/);
    const plain = provider.definition('--no-login').filter((word) => word !== '--insecure-loopback');
    assertFails(await sandbox.tokenctl('add', 'plain', ...plain), 2, /https|--insecure-loopback/);
  });

  test('that was never signed in says so with exit 3, on stderr in JSON with --json', async () => {
    await addAccount(sandbox, 'acme', provider);
    assertFails(await sandbox.tokenctl('token', 'acme'), 3, /acme has never been signed in.*tokenctl login acme/);
    const failed = await sandbox.tokenctl('token', 'acme', '--json');
    assert.equal(failed.code, 3);
    const said = JSON.parse(failed.stderr);
    assert.equal(said.error, 'login_required');
    assert.equal(said.exit, 3);
    assert.equal(said.account, 'acme');
    assert.equal(said.cause, 'never_signed_in');
  });

  test('can be asked for by a program that waits for the login', async () => {
    await addAccount(sandbox, 'acme', provider);
    const waiting = sandbox.start('tokenctl', ['call', 'GetToken', '{"account":"acme","login":true,"timeout":60}']);
    const ended = await signIn(sandbox, 'acme');
    assert.equal(ended.code, 0, ended.stderr);
    const answered = await waiting.exited;
    assert.equal(answered.code, 0, answered.stderr);
    assert.ok(await provider.accepts(JSON.parse(answered.stdout).accessToken));
  });

  test('whose definition changes keeps its tokens where it can and says when it cannot', async () => {
    await addSignedIn(sandbox, 'acme', provider);
    const before = await token(sandbox, 'acme');
    const harmless = await sandbox.tokenctl('set', 'acme', '--url', 'https://api.acme.example');
    assert.equal(harmless.code, 0, harmless.stderr);
    assert.equal(await token(sandbox, 'acme'), before);
    const other = await sandbox.tokenctl('set', 'acme', '--client-id', 'another');
    assert.equal(other.code, 0, other.stderr);
    assert.match(other.stderr + other.stdout, /tokenctl login acme/);
  });
});
