// The main job on real input: a real browser, a certified authorization server with rotation and access
// tokens of 8 s, the real programs. The tests of this file tell one story and stand in its order.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { assertNoCanaries, token } from './lib/accounts.mjs';
import { Browser } from './lib/browser.mjs';
import { beginLogin } from './lib/login.mjs';
import { kClientId, kClientSecret, OidcProvider } from './lib/oidc_provider.mjs';
import { until } from './lib/process.mjs';
import { leftOut } from './lib/programs.mjs';
import { kTalkative, Sandbox } from './lib/sandbox.mjs';
import { tokensOf, waitingCallers } from './lib/waiting_callers.mjs';

const kCallers = 30;

describe('a login by Chromium at oidc-provider', { skip: leftOut('node_modules', 'chromium') }, () => {
  let provider, browser, sandbox;

  before(async () => {
    [provider, browser, sandbox] = await Promise.all([OidcProvider.start(), Browser.start(), Sandbox.create({ config: kTalkative })]);
    await sandbox.startDaemon();
  });

  after(async () => {
    await Promise.allSettled([sandbox?.close(), browser?.stop(), provider?.stop()]);
  });

  test('ends signed in, on a page that carries no code and asks for nothing from elsewhere', async () => {
    const secret = await sandbox.file('client.secret', kClientSecret);
    const added = await sandbox.tokenctl('add', 'work', '--issuer', provider.issuer, '--insecure-loopback',
      '--client-id', kClientId, '--client-secret-file', secret, '--redirect-uri', 'http://127.0.0.1/callback/e2e',
      '--scope', 'openid', '--scope', 'offline_access', '--scope', 'email', '--no-login');
    assert.equal(added.code, 0, added.stderr);

    const { login, url } = await beginLogin(sandbox, 'work', '--timeout', '60');
    const page = await browser.consentAtOidcProvider(url);
    await page.waitForURL(/\/done\//);
    const asked = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.reload();
    assert.doesNotMatch(page.url(), /code=|state=/);
    assert.match(await page.textContent('body'), /work is signed in/);
    assert.equal(asked[0], page.url());
    assert.deepEqual(asked.filter((address) => new URL(address).host !== new URL(page.url()).host), []);
    assert.equal(await page.locator('script').count(), 0);
    await sandbox.noteProcesses();
    const ended = await login.exited;
    assert.equal(ended.code, 0, ended.stderr);
    assert.match(ended.stderr, /signed in as ana/);
  });

  test('gives a token that the provider knows', async () => {
    assert.ok(await provider.isActive(await token(sandbox, 'work')));
  });

  test('30 programs that want an expired token cause one request at the token endpoint', async () => {
    const old = await token(sandbox, 'work');
    await sandbox.daemon.kill('SIGKILL');
    await until('the access token expires', async () => !(await provider.isActive(old)));
    const before = provider.refreshes().length;
    provider.hold();
    await sandbox.startDaemon();
    const callers = await waitingCallers(sandbox, 'work', kCallers);
    await provider.untilHeld(1);
    await sandbox.noteProcesses();
    assert.equal(provider.held, 1);
    provider.release();
    const tokens = await tokensOf(callers);
    assert.equal(provider.refreshes().length - before, 1);
    assert.equal(new Set(tokens).size, 1);
    assert.ok(await provider.isActive(tokens[0]));
  });

  test('after kill -9 and a restart a token is served, and the next refresh works without a login', async () => {
    const before = provider.refreshes().length;
    await sandbox.restartDaemon('SIGKILL');
    const served = await token(sandbox, 'work');
    assert.ok(await provider.isActive(served));
    await provider.untilRefreshes(before + 1);
    await until('a newer token', async () => (await token(sandbox, 'work')) !== served);
    assert.ok(await provider.isActive(await token(sandbox, 'work')));
  });

  test('no refresh token was sent twice', () => {
    const sent = provider.refreshes().map(({ credential }) => credential);
    assert.deepEqual(sent, [...new Set(sent)]);
    assert.ok(provider.refreshes().every(({ ok }) => ok));
  });

  test('logout revokes at the server, and the account needs a login', async () => {
    const last = await token(sandbox, 'work');
    const refreshToken = provider.secrets.refresh_token.at(-1);
    const out = await sandbox.tokenctl('logout', 'work');
    assert.equal(out.code, 0, out.stderr);
    assert.ok(provider.revocations > 0);
    assert.equal(await provider.isActive(refreshToken), false);
    assert.equal(await provider.isActive(last), false);
    const asked = await sandbox.tokenctl('token', 'work');
    assert.equal(asked.code, 3, asked.stderr);
    assert.match(asked.stderr, /tokenctl login work/);
  });

  test('no secret of all this, to its end, is in the state directory, the logs, the arguments or the environment of a program', async () => {
    await assertNoCanaries(sandbox, provider.secrets);
  });
});
