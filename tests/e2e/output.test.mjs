// Results that cannot be delivered, and secrets that are typed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';

import { addAccount, addSignedIn } from './lib/accounts.mjs';
import { leftOut, program } from './lib/programs.mjs';
import { ProviderDouble } from './lib/provider_double.mjs';
import { Sandbox } from './lib/sandbox.mjs';

describe('tokenctl', { skip: leftOut() }, () => {
  let provider, sandbox;

  before(async () => {
    [provider, sandbox] = await Promise.all([ProviderDouble.start(), Sandbox.create()]);
    await sandbox.startDaemon();
    await addSignedIn(sandbox, 'acme', provider);
  });
  after(() => Promise.allSettled([sandbox.close(), provider.stop()]));

  const shell = (script, input) => spawnSync('/bin/sh', ['-c', script, program('tokenctl')],
    { env: sandbox.env, encoding: 'utf8', input });

  test('says so when its result cannot be written', () => {
    for (const command of ['token acme', 'list', 'status', 'call GetStatus']) {
      for (const target of ['>/dev/full', '>&-']) {
        const ended = shell(`"$0" ${command} ${target}`);
        assert.equal(ended.status, 1, `${command} ${target}: ${ended.stderr}`);
        assert.match(ended.stderr, /tokenctl: the result could not be written to stdout/);
      }
    }
  });

  test('says so as JSON where that was asked for', () => {
    const ended = shell('"$0" list --json >/dev/full');
    assert.equal(ended.status, 1);
    const { error, exit, reason } = JSON.parse(ended.stderr);
    assert.deepEqual([error, exit], ['internal', 1]);
    assert.match(reason, /could not be written/);
  });

  test('ends quietly when nobody reads on', () => {
    const ended = shell('"$0" list --json | head -c 1');
    assert.equal(ended.stdout, '[');
    assert.equal(ended.stderr, '');
  });

  test('forgets a secret when an empty one is given, and refuses an empty one for a new account', async () => {
    await addAccount(sandbox, 'other', provider);
    const forgotten = await sandbox.tokenctl('set', 'other', '--client-secret-file', '-', { input: '' });
    assert.equal(forgotten.code, 0, forgotten.stderr);
    const refused = await sandbox.tokenctl('add', 'third', ...provider.definition('--client-secret-file', '-'), '--no-login',
      { input: '\n' });
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /the client secret is empty/);
  });

  test('says how a browser elsewhere comes back here', async () => {
    const login = sandbox.start('tokenctl', ['login', 'acme']);
    const [, port] = await login.saw('stderr', /ssh -L (\d+):127\.0\.0\.1:\1 /);
    assert.match((await login.saw('stderr', /^Open: (\S+)$/m))[1], new RegExp(`redirect_uri=http%3A%2F%2F127\\.0\\.0\\.1%3A${port}`));
    await login.kill('SIGINT');
  });
});
