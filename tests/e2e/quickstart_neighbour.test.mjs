// The demo of scripts/quickstart on a machine where a daemon serves already. Needs root, for a /run of its own.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';

import { leftOut } from './lib/programs.mjs';
import { QuickstartHome } from './lib/quickstart.mjs';
import { kTalkative, Sandbox } from './lib/sandbox.mjs';

const kSocket = '/run/tokend/io.tokend.Broker';  // where every client looks in the end
const kOwnRun = ['unshare', '--mount', 'sh', '-ec', 'mount -t tmpfs tokend-test /run; mkdir -m 700 /run/tokend; exec "$@"', 'sh'];

describe('the demo of the quickstart', { skip: leftOut('root', 'build') }, () => {
  let home, sandbox;

  beforeEach(async () => {
    [home, sandbox] = await Promise.all([QuickstartHome.create(), Sandbox.create({ config: kTalkative })]);
    await sandbox.startDaemon(['--socket', kSocket], { within: kOwnRun });
  });
  afterEach(() => Promise.allSettled([sandbox.close(), home.remove()]));

  test('has a daemon of its own, and leaves the one that is in use alone', async () => {
    const started = sandbox.daemon.stderr;
    const { code, stdout, stderr } = await home.run(['--demo-only'],
      { within: ['nsenter', `--mount=/proc/${sandbox.daemon.pid}/ns/mnt`] });
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /tokend: ready on \S+tokend-quickstart-/);
    assert.doesNotMatch(stdout, /is running already/);
    assert.equal(sandbox.daemon.stderr, started);
    assert.deepEqual(await home.leftovers(), []);
  });
});
