// A disk that is really full: a small file system of its own under the state directory. Needs root, to mount it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';

import { addSignedIn, assertFails, token } from './lib/accounts.mjs';
import { until } from './lib/process.mjs';
import { leftOut } from './lib/programs.mjs';
import { ProviderDouble } from './lib/provider_double.mjs';
import { Sandbox } from './lib/sandbox.mjs';

const kDiskSize = '4m';
const kPage = 4096;
// So much that the answer, which repeats them, does not fit where the emptied log was.
const kLongScopes = Array.from({ length: 12 }, (_, n) => ['--scope', `${n}-`.padEnd(480, 'x')]).flat();

describe('on a full disk', { skip: leftOut('root') }, () => {
  let provider, sandbox;
  const filler = () => join(sandbox.state, 'filler');
  const ballast = () => statSync(join(sandbox.state, 'ballast'), { throwIfNoEntry: false });
  const refreshes = async () => (await provider.tokenRequests('refresh_token')).length;

  beforeEach(async () => {
    [provider, sandbox] = await Promise.all([ProviderDouble.start({ rotation: 'strict' }), Sandbox.create()]);
    await mkdir(sandbox.state, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kDiskSize},mode=0700`, 'tokend-test', sandbox.state]);
    await sandbox.startDaemon();
    await addSignedIn(sandbox, 'acme', provider, ...kLongScopes);
  });
  afterEach(async () => {
    await sandbox.daemon.kill('SIGKILL');
    execFileSync('umount', [sandbox.state]);
    await Promise.allSettled([sandbox.close(), provider.stop()]);
  });

  // To the last page.
  function fill() {
    const file = openSync(filler(), 'a', 0o600);
    try {
      for (;;) writeSync(file, Buffer.alloc(kPage, 'x'));
    } catch (full) {
      assert.equal(full.code, 'ENOSPC');
    } finally {
      closeSync(file);
    }
  }
  const free = () => rmSync(filler());

  test('what a provider has rotated finds the room that was kept for it, and survives a kill', async () => {
    assert.equal(ballast().size, 1 << 20);
    const before = await token(sandbox, 'acme');
    await sandbox.restartDaemon('SIGTERM');  // the log starts from nothing: what follows has to grow it
    await provider.fault('stall_answer');
    const refreshing = sandbox.start('tokenctl', ['refresh', 'acme']);
    await provider.untilHeld(1);
    fill();
    await provider.release();
    assert.equal((await refreshing.exited).code, 0, refreshing.stderr);
    assert.equal(ballast(), undefined);
    await sandbox.restartDaemon();
    const after = await token(sandbox, 'acme');
    assert.notEqual(after, before);
    assert.ok(await provider.accepts(after));
  });

  test('what a provider has rotated outlives a kill though the disk takes nothing at all', async () => {
    await sandbox.restartDaemon('SIGTERM');
    await provider.fault('stall_answer');
    const refreshing = sandbox.start('tokenctl', ['refresh', 'acme']);
    await provider.untilHeld(1);
    rmSync(join(sandbox.state, 'ballast'));
    fill();
    await provider.release();
    assert.equal((await refreshing.exited).code, 0, refreshing.stderr);
    const status = await sandbox.json('call', 'GetStatus');
    assert.equal(status.state, 'degraded');
    const rotated = await token(sandbox, 'acme');
    await sandbox.daemon.kill('SIGKILL');
    free();
    await sandbox.startDaemon();
    assert.equal(await token(sandbox, 'acme'), rotated);
    assert.equal((await sandbox.tokenctl('refresh', 'acme')).code, 0);
    assert.ok(await provider.accepts(await token(sandbox, 'acme')));
    assert.deepEqual(readdirSync(join(sandbox.runtime, 'tokend/spill')), []);
  });

  test('nothing is sent while the room for its answer is missing, and the login is safe', async () => {
    rmSync(join(sandbox.state, 'ballast'));
    await sandbox.restartDaemon();
    await sandbox.daemon.kill('SIGKILL');
    rmSync(join(sandbox.state, 'ballast'));
    fill();
    await sandbox.startDaemon();
    const before = await refreshes();
    assertFails(await sandbox.tokenctl('refresh', 'acme'), 5, /the disk of the state directory is full.*the login is safe/);
    assert.equal(await refreshes(), before);
    assert.equal((await sandbox.tokenctl('token', 'acme')).code, 0);
    free();
    await until('the refresh goes through', async () => (await sandbox.tokenctl('refresh', 'acme')).code === 0);
    assert.equal(ballast().size, 1 << 20);
  });
});
