// scripts/quickstart --demo-only, all of it but the building.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';

import { leftOut } from './lib/programs.mjs';
import { QuickstartHome } from './lib/quickstart.mjs';

describe('the quickstart', { skip: leftOut('build') }, () => {
  let home;

  beforeEach(async () => { home = await QuickstartHome.create(); });
  afterEach(() => home.remove());

  test('shows in an empty HOME a login, a token and the next one, and leaves nothing behind', async () => {
    const { code, stdout, stderr } = await home.run(['--demo-only']);
    assert.equal(code, 0, stdout + stderr);
    for (const step of [1, 2, 3, 4, 5]) assert.match(stdout, new RegExp(`^== ${step}/5 `, 'm'));
    assert.match(stdout, /signed in as ana@acme\.example/);
    const [, first] = /^A token: +(\S+)\.\.\./m.exec(stdout);
    const [, second] = /^The next token: +(\S+)\.\.\./m.exec(stdout);
    assert.notEqual(first, second);
    assert.match(stdout, /The demo account is removed/);
    for (const provider of ['Bitbucket', 'Jira', 'Google', 'GitHub']) {
      assert.match(stdout, new RegExp(`^${provider} .*\\n( +callback: http://\\S+:28765/callback/\\S+\\n)?  tokenctl add `, 'm'));
    }
    assert.match(stdout, /tokenctl token work\n$/);
    assert.doesNotMatch(stdout + stderr, /No such file|command not found|ERROR|WARNING/);
    assert.deepEqual(await home.leftovers(), []);
  });

  test('knows no other option', async () => {
    const { code, stderr } = await home.run(['--demo']);
    assert.equal(code, 2);
    assert.match(stderr, /usage: scripts\/quickstart \[--demo-only\]/);
    assert.deepEqual(await home.leftovers(), []);
  });
});
