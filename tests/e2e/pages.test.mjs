// Every page that a person's browser can end on, in a real browser: at the width of a phone and of a desktop, light and
// dark. TOKEND_SCREENSHOTS=DIRECTORY keeps a picture of each.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { after, before, beforeEach, afterEach, describe, test } from 'node:test';

import { addAccount, addSignedIn } from './lib/accounts.mjs';
import { Browser } from './lib/browser.mjs';
import { answeredAt } from './lib/consent.mjs';
import { beginLogin } from './lib/login.mjs';
import { leftOut } from './lib/programs.mjs';
import { ProviderDouble } from './lib/provider_double.mjs';
import { contrasts, livelyParts, overflowing } from './lib/readability.mjs';
import { Sandbox } from './lib/sandbox.mjs';

const kReadable = 4.5;  // WCAG 2, level AA, text of any size
const kScreens = { phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 900 } };
const kSchemes = ['light', 'dark'];

// As long as names get, and without a place to break a line at.
const kLongName = `a${'w'.repeat(63)}`;
const kLongUser = 'w'.repeat(120);

describe('the page of a login', { skip: leftOut('node_modules', 'chromium') }, () => {
  let browser, provider, sandbox;

  before(async () => { browser = await Browser.start(); });
  after(() => browser?.stop());

  beforeEach(async () => {
    [provider, sandbox] = await Promise.all([ProviderDouble.start(), Sandbox.create()]);
    await sandbox.startDaemon();
  });
  afterEach(() => Promise.allSettled([sandbox.close(), provider.stop()]));

  // Goes to an address as a person does; keeps what the browser asked for and what it complained of.
  async function visit(address) {
    const page = await browser.page();
    const seen = { page, requests: [], complaints: [] };
    page.on('request', (request) => seen.requests.push(request.url()));
    page.on('console', (message) => seen.complaints.push(message.text()));
    page.on('pageerror', (error) => seen.complaints.push(String(error)));
    seen.answer = await page.goto(String(address));
    return seen;
  }

  // Where the browser lands after the user's answer at the provider.
  async function visitAfterConsent(account, { answer = {}, args = [] } = {}) {
    const { login, url } = await beginLogin(sandbox, account, ...args);
    return { login, seen: await visit(await answeredAt(url, answer)) };
  }

  async function assertFields({ page, answer }) {
    const fields = answer.headers();
    const style = createHash('sha256').update(await page.textContent('style')).digest('base64');
    assert.equal(fields['content-security-policy'], `default-src 'none'; style-src 'sha256-${style}'; `
      + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    assert.equal(fields['content-type'], 'text/html; charset=utf-8');
    assert.equal(fields['cache-control'], 'no-store');
    assert.equal(fields['referrer-policy'], 'no-referrer');
    assert.equal(fields['x-content-type-options'], 'nosniff');
    assert.equal(fields['set-cookie'], undefined);
  }

  async function assertReadable({ page }, name) {
    for (const [screen, size] of Object.entries(kScreens)) {
      for (const colorScheme of kSchemes) {
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme });
        const where = `${name}, ${screen}, ${colorScheme}`;
        if (process.env.TOKEND_SCREENSHOTS) {
          await page.screenshot({ path: join(process.env.TOKEND_SCREENSHOTS, `${name}-${screen}-${colorScheme}.png`) });
        }
        assert.deepEqual(await overflowing(page), [], where);
        const shown = await contrasts(page);
        assert.ok(shown.length >= 3, `${where}: a title, a line and a next step`);
        assert.deepEqual(shown.filter(({ contrast }) => contrast < kReadable), [], where);
        const dark = shown[0].ground.every((value) => value < 64);
        assert.equal(dark, colorScheme === 'dark', `${where}: follows the scheme`);
      }
    }
  }

  // title: of the tab and of the text. says: patterns of the text.
  async function assertGood(seen, { name, status = 200, title, says = [] }) {
    await seen.page.evaluate(() => stop());  // no renewing while it is looked at
    assert.equal(seen.answer.status(), status);
    assert.match(await seen.page.title(), title);
    assert.match(await seen.page.textContent('h1'), title);
    const text = await seen.page.innerText('body');
    for (const pattern of says) assert.match(text.replace(/\s+/g, ' '), pattern);
    await assertFields(seen);
    await assertReadable(seen, name);
    assert.deepEqual(await livelyParts(seen.page), []);
    const { origin } = new URL(seen.page.url());
    assert.deepEqual(seen.requests.filter((url) => new URL(url).origin !== origin), []);
    assert.deepEqual(seen.complaints, [], 'the browser takes the style sheet and misses nothing');
  }

  test('that went well', async () => {
    await addAccount(sandbox, 'acme', provider);
    const { login, seen } = await visitAfterConsent('acme');
    await assertGood(seen, { name: 'signed-in', title: /acme is signed in/,
      says: [/knows you as ana@acme\.example/, /You can close this tab/] });
    assert.doesNotMatch(seen.page.url(), /code=|state=/);
    assert.equal((await login.exited).code, 0);
  });

  test('that went well, where names are as long as they get', async () => {
    await addAccount(sandbox, kLongName, provider);
    const { login, seen } = await visitAfterConsent(kLongName, { answer: { user: kLongUser } });
    await assertGood(seen, { name: 'signed-in-long', title: new RegExp(`${kLongName} is signed in`), says: [new RegExp(kLongUser)] });
    assert.equal((await login.exited).code, 0);
  });

  test('whose token takes its time, which renews itself until it is there', async () => {
    await addAccount(sandbox, 'acme', provider);
    await provider.fault('stall_answer');
    const { login, seen } = await visitAfterConsent('acme');
    await assertGood(seen, { name: 'one-moment', title: /One moment/, says: [/Your yes has arrived/, /renews itself/] });
    const other = await visit(seen.page.url());
    await provider.release();
    await other.page.waitForFunction(() => document.title === 'acme is signed in');
    assert.equal((await login.exited).code, 0);
  });

  test('that was answered no', async () => {
    await addAccount(sandbox, 'acme', provider);
    const { login, seen } = await visitAfterConsent('acme', { answer: { decision: 'deny' } });
    await assertGood(seen, { name: 'denied', title: /acme was not signed in/,
      says: [/The answer was no \(access_denied\)\. Nothing has changed\./, /tokenctl login acme/] });
    assert.equal((await login.exited).code, 6);
  });

  test('that was answered no with many words, which are shown as words', async () => {
    await addAccount(sandbox, kLongName, provider);
    const { login, url } = await beginLogin(sandbox, kLongName);
    const answer = new URL(await answeredAt(url, { decision: 'deny' }));
    const description = `<script>alert(1)</script><img src=http://127.0.0.1:1/x onerror=alert(2)>${'w'.repeat(150)}`;
    answer.searchParams.set('error_description', description);
    const seen = await visit(answer);
    await assertGood(seen, { name: 'denied-long', title: new RegExp(`${kLongName} was not signed in`), says: [/<script>alert\(1\)/] });
    assert.equal((await login.exited).code, 6);
  });

  test('whose client is refused', async () => {
    await addAccount(sandbox, 'acme', provider);
    await provider.settings({ client_secret: 'changed-at-the-provider' });
    const { login, seen } = await visitAfterConsent('acme');
    await assertGood(seen, { name: 'app-refused', title: /refused the app/,
      says: [/key or secret of acme are not \(invalid_client\)/, /tokenctl set acme --client-secret-file -/] });
    assert.equal((await login.exited).code, 9);
  });

  test('that the provider did not finish', async () => {
    await addAccount(sandbox, 'acme', provider);
    await provider.fault('status', { status: 503 });
    const { login, seen } = await visitAfterConsent('acme');
    await assertGood(seen, { name: 'not-finished', title: /Almost there/,
      says: [/HTTP 503/, /your earlier login, if any, is untouched/, /In a minute: tokenctl login acme/] });
    assert.equal((await login.exited).code, 5);
  });

  test('that another issuer answered', async () => {
    await addAccount(sandbox, 'acme', provider);
    await provider.settings({ iss: 'wrong' });
    const { login, seen } = await visitAfterConsent('acme');
    await assertGood(seen, { name: 'failed', title: /acme was not signed in/, says: [/Nothing has changed/, /tokenctl login acme/] });
    assert.equal((await login.exited).code, 9);
  });

  test('of another user', async () => {
    await addSignedIn(sandbox, 'acme', provider);
    const { login, seen } = await visitAfterConsent('acme', { answer: { user: 'bob' } });
    await assertGood(seen, { name: 'another-user', title: /Another user than before/,
      says: [/You are bob@acme\.example, acme belonged to ana@acme\.example; nothing was replaced/, /tokenctl login acme --switch-user/] });
    assert.equal((await login.exited).code, 6);
  });

  test('that is nobody\'s, and of nothing', async () => {
    await addAccount(sandbox, 'acme', provider);
    const { login, url } = await beginLogin(sandbox, 'acme');
    const callback = new URL(new URL(url).searchParams.get('redirect_uri'));
    callback.search = 'code=x&state=wrong';
    const stale = await visit(callback);
    await assertGood({ ...stale, complaints: withoutStatus(stale, 400) },
      { name: 'stale', status: 400, title: /This page has had its day/, says: [/close this page and do not copy its address/] });
    const nothing = await visit(new URL('/elsewhere', callback));
    await assertGood({ ...nothing, complaints: withoutStatus(nothing, 404) },
      { name: 'nothing-here', status: 404, title: /Nothing here/, says: [/only while a login is under way/, /five minutes/] });
    for (const { page } of [stale, nothing]) assert.doesNotMatch(await page.innerText('body'), /acme/);
    await login.kill('SIGINT');
  });

  // The browser says of itself that an answer was no 200.
  const withoutStatus = ({ complaints }, status) => complaints.filter((said) => !said.includes(`status of ${status}`));
});
