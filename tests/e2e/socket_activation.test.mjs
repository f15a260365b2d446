// The daemon behind a socket that someone else made, as systemd does it.
import assert from 'node:assert/strict';
import { chmod, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';

import { addSignedIn, token } from './lib/accounts.mjs';
import { Running } from './lib/process.mjs';
import { leftOut, program } from './lib/programs.mjs';
import { ProviderDouble } from './lib/provider_double.mjs';
import { Sandbox } from './lib/sandbox.mjs';
import { call } from './lib/socket.mjs';

describe('socket activation', { skip: leftOut('socket-activate') }, () => {
  let provider, sandbox;

  beforeEach(async () => { [provider, sandbox] = await Promise.all([ProviderDouble.start(), Sandbox.create()]); });
  afterEach(() => Promise.allSettled([sandbox.close(), provider.stop()]));

  // The activator makes the socket 0644; the daemon gets the usual mask back.
  async function activator() {
    await mkdir(join(sandbox.runtime, 'tokend'), { mode: 0o700 });
    const passed = Object.entries(sandbox.env).flatMap(([name, value]) => ['-E', `${name}=${value}`]);
    const running = new Running('systemd-socket-activate', ['-l', sandbox.socket, ...passed,
      '/bin/sh', '-c', 'umask 077; exec "$0"', program('tokend')], { env: sandbox.env });
    await running.saw('stderr', /Listening on/);
    return running;
  }

  test('starts the daemon with the first caller, on the socket that was handed over', async () => {
    const activated = await activator();
    try {
      assert.deepEqual(await sandbox.json('list'), []);
      await activated.saw('stderr', new RegExp(`tokend: ready on ${sandbox.socket}`));
      await addSignedIn(sandbox, 'acme', provider);
      assert.ok(await provider.accepts(await token(sandbox, 'acme')));
      const { parameters } = await call(sandbox.socket, 'GetStatus');
      assert.equal(parameters.socket, sandbox.socket);
    } finally {
      await activated.kill('SIGTERM');
    }
    await stat(sandbox.socket);  // it is not the daemon's to remove
  });

  test('on a socket that others could connect to ends with exit 78 and says how to mend it', async () => {
    const activated = await activator();
    await chmod(sandbox.socket, 0o666);
    await sandbox.tokenctl('list');
    const ended = await activated.exited;
    assert.equal(ended.code, 78, ended.stderr);
    assert.match(ended.stderr, new RegExp(`${sandbox.socket} .*mode 0666.*chmod 600 ${sandbox.socket}`));
  });
});
