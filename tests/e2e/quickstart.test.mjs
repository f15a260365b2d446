// scripts/quickstart --demo-only, all of it but the building.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { join } from 'node:path';

import { consent } from './lib/consent.mjs';
import { until } from './lib/process.mjs';
import { leftOut } from './lib/programs.mjs';
import { QuickstartHome } from './lib/quickstart.mjs';

const kProxyToNowhere = { http_proxy: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' };

describe('the quickstart', { skip: leftOut('build') }, () => {
  let home;

  beforeEach(async () => { home = await QuickstartHome.create(); });
  afterEach(() => home.remove());

  test('shows in an empty HOME, behind any proxy, a login, a token and the next one, and leaves nothing behind', async () => {
    const { code, stdout, stderr } = await home.run(['--demo-only'], { env: kProxyToNowhere });
    assert.equal(code, 0, stdout + stderr);
    for (const step of [1, 2, 3, 4, 5]) assert.match(stdout, new RegExp(`^== ${step}/5 `, 'm'));
    assert.match(stdout, /signed in as ana@acme\.example/);
    const [, first] = /^A token: +(\S+) /m.exec(stdout);
    const [, second] = /^The next token: +(\S+) /m.exec(stdout);
    assert.notEqual(first, second);
    assert.match(stdout, /The demo account is removed/);
    for (const provider of ['Bitbucket', 'Jira', 'Google', 'GitHub']) {
      assert.match(stdout, new RegExp(`^${provider} .*\\n( +callback: http://\\S+:28765/callback/\\S+\\n)?  tokenctl add `, 'm'));
    }
    assert.match(stdout, /tokenctl token work\n$/);
    assert.doesNotMatch(stdout + stderr, /No such file|command not found|ERROR|WARNING/);
    assert.deepEqual(await home.leftovers(), []);
  });

  test('opens the browser that is the person\'s own where there is a display', async () => {
    const opened = join(home.root, 'opened');
    const browser = await home.program('browser', `#!/bin/sh\necho "$HOME $1" >${opened}.part; mv ${opened}.part ${opened}\n`);
    const running = home.run(['--demo-only'], { env: { DISPLAY: ':99', BROWSER: browser } });
    const [place, url] = (await until('the browser is opened', () => readFile(opened, 'utf8').catch(() => null))).trim().split(' ');
    assert.equal(place, home.home);
    await consent(url);
    const { code, stdout, stderr } = await running;
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /Your browser opens the consent page: say yes there/);
  });

  test('knows no other option', async () => {
    const { code, stderr } = await home.run(['--demo']);
    assert.equal(code, 2);
    assert.match(stderr, /usage: scripts\/quickstart \[--demo-only\]/);
    assert.deepEqual(await home.leftovers(), []);
  });
});
