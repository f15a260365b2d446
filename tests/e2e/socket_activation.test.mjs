// The daemon behind a socket that someone else made, as systemd does it.
import assert from 'node:assert/strict';
import { mkdir, stat } from 'node:fs/promises';
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

  test('starts the daemon with the first caller, on the socket that was handed over', async () => {
    await mkdir(join(sandbox.runtime, 'tokend'), { mode: 0o700 });
    const passed = Object.entries(sandbox.env).flatMap(([name, value]) => ['-E', `${name}=${value}`]);
    // The mask makes the socket 0600, as the unit's SocketMode= does; the daemon gets the usual one back.
    const script = 'umask 0177; exec systemd-socket-activate "$@"';
    const activator = new Running('/bin/sh', ['-c', script, 'sh', '-l', sandbox.socket, ...passed,
      '/bin/sh', '-c', 'umask 077; exec "$0"', program('tokend')], { env: sandbox.env });
    try {
      await activator.saw('stderr', /Listening on/);
      assert.deepEqual(await sandbox.json('list'), []);
      await activator.saw('stderr', new RegExp(`tokend: ready on ${sandbox.socket}`));
      await addSignedIn(sandbox, 'acme', provider);
      assert.ok(await provider.accepts(await token(sandbox, 'acme')));
      const { parameters } = await call(sandbox.socket, 'GetStatus');
      assert.equal(parameters.socket, sandbox.socket);
    } finally {
      await activator.kill('SIGTERM');
    }
    await stat(sandbox.socket);  // it is not the daemon's to remove
  });
});
