// Locked: nothing is served, and nothing is lost.
import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';

import { addSignedIn, assertFails, token } from './lib/accounts.mjs';
import { leftOut } from './lib/programs.mjs';
import { ProviderDouble } from './lib/provider_double.mjs';
import { Sandbox } from './lib/sandbox.mjs';

describe('locking', { skip: leftOut() }, () => {
  let provider, sandbox;

  beforeEach(async () => {
    [provider, sandbox] = await Promise.all([ProviderDouble.start({ rotation: 'strict' }), Sandbox.create()]);
    await sandbox.startDaemon();
    await addSignedIn(sandbox, 'acme', provider);
  });
  afterEach(() => Promise.allSettled([sandbox.close(), provider.stop()]));

  test('nothing is served before the unlocking, and everything after it', async () => {
    const before = await token(sandbox, 'acme');
    assert.equal((await sandbox.tokenctl('lock')).code, 0);
    assertFails(await sandbox.tokenctl('token', 'acme'), 7, /the vault is locked: run 'tokenctl unlock'/);
    assertFails(await sandbox.tokenctl('refresh', 'acme'), 7, /locked/);
    assert.equal((await sandbox.tokenctl('status')).code, 7);
    assert.equal((await sandbox.tokenctl('list')).code, 0);
    const patient = sandbox.start('tokenctl', ['token', 'acme', '--timeout', '60']);
    assert.equal((await sandbox.tokenctl('unlock')).code, 0);
    assert.equal((await patient.exited).stdout.trimEnd(), before);
    assert.equal(await token(sandbox, 'acme'), before);
  });

  test('a request that is out is awaited, and its answer is kept', async () => {
    await provider.fault('stall_answer');
    const refreshing = sandbox.start('tokenctl', ['refresh', 'acme']);
    await provider.untilHeld(1);
    const locking = sandbox.start('tokenctl', ['lock']);
    assertFails(await refreshing.exited, 7, /locked/);
    assert.ok(!locking.over);
    await provider.release();
    assert.equal((await locking.exited).code, 0);
    assert.equal((await sandbox.tokenctl('unlock')).code, 0);
    assert.ok(await provider.accepts(await token(sandbox, 'acme')));
    assert.equal((await sandbox.tokenctl('refresh', 'acme')).code, 0);
  });

  test('without its key file it stays locked, and says which', async () => {
    assert.equal((await sandbox.tokenctl('lock')).code, 0);
    const [key, elsewhere] = ['vault.key', 'vault.key.elsewhere'].map((name) => join(sandbox.state, name));
    await rename(key, elsewhere);
    assertFails(await sandbox.tokenctl('unlock'), 7, /vault\.key is missing/);
    await rename(elsewhere, key);
    assert.equal((await sandbox.tokenctl('unlock')).code, 0);
    assert.equal((await sandbox.tokenctl('token', 'acme')).code, 0);
  });

  test('a restart opens the vault', async () => {
    assert.equal((await sandbox.tokenctl('lock')).code, 0);
    await sandbox.restartDaemon('SIGTERM');
    assert.equal((await sandbox.tokenctl('token', 'acme')).code, 0);
  });
});
