// Logins at the provider double that go well, and every way in which they do not.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';

import { addAccount, addSignedIn, assertFails, token } from './lib/accounts.mjs';
import { answeredAt, browse, consent } from './lib/consent.mjs';
import { freshPairForEach } from './lib/fresh_pair.mjs';
import { beginLogin, signIn } from './lib/login.mjs';
import { leftOut } from './lib/programs.mjs';

describe('a login', { skip: leftOut() }, () => {
  let provider, sandbox;

  freshPairForEach((pair) => { ({ provider, sandbox } = pair); });

  test('that is answered yes says who signed in and gives a token that works', async () => {
    await addAccount(sandbox, 'acme', provider);
    const ended = await signIn(sandbox, 'acme');
    assert.equal(ended.code, 0, ended.stderr);
    assert.match(ended.stderr, /acme: signed in as ana@acme\.example/);
    assert.equal(ended.page.status, 200);
    assert.match(ended.page.text, /acme is signed in/);
    assert.doesNotMatch(ended.page.url, /code=|state=/);
    assert.ok(await provider.accepts(await token(sandbox, 'acme')));
  });

  test('shows pages with the headers that keep them alone', async () => {
    await addAccount(sandbox, 'acme', provider);
    const { page } = await signIn(sandbox, 'acme');
    assert.match(page.headers.get('content-security-policy'), /default-src 'none'/);
    assert.match(page.headers.get('content-security-policy'), /frame-ancestors 'none'/);
    assert.equal(page.headers.get('cache-control'), 'no-store');
    assert.equal(page.headers.get('referrer-policy'), 'no-referrer');
    assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
  });

  test('asks with PKCE, state and the exact redirect URI', async () => {
    await addAccount(sandbox, 'acme', provider, '--param', 'prompt=consent');
    const { login, url } = await beginLogin(sandbox, 'acme');
    const asked = new URL(url).searchParams;
    assert.equal(asked.get('code_challenge_method'), 'S256');
    assert.equal(asked.get('prompt'), 'consent');
    assert.ok(asked.get('state').length >= 43);
    assert.match(asked.get('redirect_uri'), /^http:\/\/127\.0\.0\.1:\d+\/callback\/demo$/);
    await login.kill('SIGINT');
  });

  test('that is answered no ends with exit 6 and leaves the earlier login alone', async () => {
    await addSignedIn(sandbox, 'acme', provider);
    const before = await token(sandbox, 'acme');
    const ended = await signIn(sandbox, 'acme', { answer: { decision: 'deny' } });
    assertFails(ended, 6, /acme/);
    assert.match(ended.page.text, /was not signed in/);
    assert.equal(await token(sandbox, 'acme'), before);
  });

  test('answers a wrong state with a page of status 400 and consumes nothing', async () => {
    await addAccount(sandbox, 'acme', provider);
    const { login, url } = await beginLogin(sandbox, 'acme');
    const callback = new URL(new URL(url).searchParams.get('redirect_uri'));
    for (const query of ['code=x&state=wrong', 'code=x', 'error=access_denied&state=wrong', 'error=access_denied', '']) {
      callback.search = query;
      const page = await browse(callback);
      assert.equal(page.status, 400, query);
      assert.doesNotMatch(page.text, /acme/);
    }
    assert.equal((await provider.tokenRequests()).length, 0);
    assert.equal((await consent(url)).status, 200);
    assert.equal((await login.exited).code, 0);
  });

  test('says what is wrong with a pasted address or a scope, and what to do', async () => {
    await addAccount(sandbox, 'acme', provider);
    const { login } = await beginLogin(sandbox, 'acme');
    const paste = JSON.stringify({ account: 'acme', redirectedUrl: 'http://127.0.0.1:1/callback/demo?code=x&state=y' });
    assertFails(await sandbox.tokenctl('call', 'CompleteLogin', paste), 2,
      /acme: this is not where the browser ends: copy the address that begins with http:\/\/127\.0\.0\.1:\d+\/callback\/demo$/m);
    assertFails(await sandbox.tokenctl('token', 'acme', '--scope', 'a b'), 2,
      /acme: parameter 'scopes' has an item that is no scope.*: give each scope by itself$/m);
    await login.kill('SIGINT');
  });

  test('spends a code once, however often the browser brings it', async () => {
    await addAccount(sandbox, 'acme', provider);
    await provider.fault('stall_answer');
    const { login, url } = await beginLogin(sandbox, 'acme');
    const callback = await answeredAt(url);
    const first = browse(callback);
    await provider.untilHeld(1);
    const again = await browse(callback);
    assert.equal(again.status, 400);
    await provider.release();
    assert.equal((await first).status, 200);
    assert.equal((await login.exited).code, 0);
    assert.equal((await provider.tokenRequests('authorization_code')).length, 1);
  });

  test('does not accept an answer that another issuer signs with its name', async () => {
    await addAccount(sandbox, 'acme', provider);
    await provider.settings({ iss: 'wrong' });
    const { login, url } = await beginLogin(sandbox, 'acme');
    const page = await browse(await answeredAt(url));
    assert.match(page.text, /acme was not signed in/);
    assertFails(await login.exited, 9, /the answer is from .*, not from /);
    assert.equal((await provider.tokenRequests()).length, 0);
  });

  test('refuses an answer without iss where the metadata announces it', async () => {
    await addAccount(sandbox, 'acme', provider);
    const { login, url } = await beginLogin(sandbox, 'acme');
    const answer = new URL(await answeredAt(url));
    answer.searchParams.delete('iss');
    assert.match((await browse(answer)).text, /acme was not signed in/);
    assertFails(await login.exited, 9, /does not say from which issuer/);
    assert.equal((await provider.tokenRequests()).length, 0);
  });

  test('knows nothing of other paths, and of other hosts', async () => {
    await addAccount(sandbox, 'acme', provider);
    const { login, url } = await beginLogin(sandbox, 'acme');
    const callback = new URL(new URL(url).searchParams.get('redirect_uri'));
    assert.equal((await browse(new URL('/favicon.ico', callback))).status, 404);
    assert.equal((await browse(callback, { host: `localhost:${callback.port}` })).status, 400);
    await login.kill('SIGINT');
  });

  // Two other accounts are well: one is served and refreshed, one signs in.
  async function assertOthersAreServed() {
    const before = await token(sandbox, 'other');
    const refreshed = await sandbox.tokenctl('refresh', 'other');
    assert.equal(refreshed.code, 0, refreshed.stderr);
    const now = await token(sandbox, 'other');
    assert.notEqual(now, before);
    assert.ok(await provider.accepts(now));
    await addSignedIn(sandbox, 'third', provider);
  }

  test('whose browser does not come back holds up no other account, and can still be finished', async () => {
    await addSignedIn(sandbox, 'other', provider);
    await addAccount(sandbox, 'acme', provider);
    const { login, url } = await beginLogin(sandbox, 'acme');
    await assertOthersAreServed();
    assert.equal(login.over, undefined, 'it waits on');
    assert.equal((await consent(url)).status, 200);
    assert.equal((await login.exited).code, 0);
  });

  test('whose browser never comes back ends with exit 3 and names the callback URL', async () => {
    await addAccount(sandbox, 'acme', provider);
    const ended = await sandbox.tokenctl('login', 'acme', '--no-browser', '--timeout', '1');
    assertFails(ended, 3, /acme: nobody came back.*exactly http:\/\/127\.0\.0\.1\/callback\/demo /);
    assert.match(ended.stderr, /tokenctl login acme/);
    assert.equal((await signIn(sandbox, 'acme')).code, 0, 'it can be tried again');
  });

  test('on a busy port ends with exit 5, names the holder and the way out, and holds up no other account', async () => {
    const holder = createServer();
    await new Promise((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address();
    try {
      await addSignedIn(sandbox, 'other', provider);
      await addAccount(sandbox, 'acme', provider, '--redirect-uri', `http://127.0.0.1:${port}/callback/demo`);
      const ended = await sandbox.tokenctl('login', 'acme', '--no-browser');
      assertFails(ended, 5, new RegExp(`port ${port} .*pid ${process.pid}`));
      assert.match(ended.stderr, /stop it.*another port.*tokenctl set acme --redirect-uri/s);
      assert.doesNotMatch(ended.stderr, /redirect_port|Open:/);
      await assertOthersAreServed();
    } finally {
      await new Promise((resolve) => holder.close(resolve));
    }
    assert.equal((await signIn(sandbox, 'acme')).code, 0, 'the port is free again');
  });

  test('by another user is refused with exit 6, and done with --switch-user', async () => {
    await addSignedIn(sandbox, 'acme', provider);
    const before = await token(sandbox, 'acme');
    const refused = await signIn(sandbox, 'acme', { answer: { user: 'bob' } });
    assertFails(refused, 6, /bob@acme\.example.*ana@acme\.example/);
    assert.match(refused.stderr, /--switch-user/);
    assert.match(refused.page.text, /Another user/);
    assert.equal(await token(sandbox, 'acme'), before);
    const switched = await signIn(sandbox, 'acme', { answer: { user: 'bob' }, args: ['--switch-user'] });
    assert.equal(switched.code, 0, switched.stderr);
    assert.notEqual(await token(sandbox, 'acme'), before);
  });

  for (const [what, kind, details] of [
    ['HTML and 500', 'status', { status: 500 }],
    ['HTML and 200', 'status', { status: 200 }],
    ['503', 'status', { status: 503, retry_after: 1 }],
    ['nothing', 'drop', {}],
    ['half an answer', 'half_answer', {}],
    ['too much', 'oversized', {}],
    ['broken JSON', 'invalid_json', {}],
    ['JSON with a member twice', 'duplicate_members', {}],
  ]) {
    test(`to whose code the provider answers ${what} ends with exit 5 and the earlier login is untouched`, async () => {
      await addSignedIn(sandbox, 'acme', provider);
      const before = await token(sandbox, 'acme');
      await provider.fault(kind, details);
      const ended = await signIn(sandbox, 'acme');
      assertFails(ended, 5, /acme/);
      assert.match(ended.page.text, /Almost there/);
      assert.equal(await token(sandbox, 'acme'), before);
    });
  }

  test('with a wrong client secret ends with exit 9 and says which word is wrong', async () => {
    await addAccount(sandbox, 'acme', provider);
    await provider.settings({ client_secret: 'changed-at-the-provider' });
    const ended = await signIn(sandbox, 'acme');
    assertFails(ended, 9, /invalid_client.*tokenctl set acme/);
    assert.match(ended.page.text, /refused the app/);
  });

  test('of an account that is not there ends with exit 8 and a guess', async () => {
    await addAccount(sandbox, 'acme', provider);
    const ended = await sandbox.tokenctl('login', 'amce', '--no-browser');
    assertFails(ended, 8, /amce.*'acme'/);
  });

  test('that is interrupted is cancelled: exit 130, and its callback is dead', async () => {
    await addAccount(sandbox, 'acme', provider);
    const { login, url } = await beginLogin(sandbox, 'acme');
    assert.equal((await login.kill('SIGINT')).code, 130);
    assert.equal((await browse(await answeredAt(url))).status, 400);
    assert.equal((await provider.tokenRequests()).length, 0);
  });

  test('that is interrupted before there is an address is cancelled too', async () => {
    await addAccount(sandbox, 'acme', provider);
    await provider.fault('stall', { path: '*' });
    const login = sandbox.start('tokenctl', ['login', 'acme', '--no-browser']);
    await provider.untilHeld(1);
    const ended = await login.kill('SIGINT');
    assert.equal(ended.code, 130, ended.stderr);
    assert.match(ended.stderr, /acme: interrupted; the login was cancelled/);
    assert.equal((await sandbox.json('status')).daemon.pendingLogins, 0);
    await provider.release();
  });

  test('that is pending is shared by a second caller, who is not told its URL', async () => {
    await addAccount(sandbox, 'acme', provider);
    const { login, url } = await beginLogin(sandbox, 'acme');
    const second = sandbox.start('tokenctl', ['login', 'acme', '--no-browser']);
    await second.saw('stderr', /--restart/);
    await consent(url);
    assert.equal((await login.exited).code, 0);
    assert.equal((await second.exited).code, 0);
    assert.doesNotMatch(second.stderr, /Open:/);
  });

  test('survives the terminal that started it', async () => {
    await addAccount(sandbox, 'acme', provider);
    const { login, url } = await beginLogin(sandbox, 'acme');
    await login.kill('SIGKILL');
    assert.equal((await consent(url)).status, 200);
    assert.ok(await provider.accepts(await token(sandbox, 'acme')));
  });
});
