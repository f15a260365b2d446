// Other users of the machine: their directories are not used, and they are not let in. Needs root, to be them.
import assert from 'node:assert/strict';
import { chmod, chown } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';

import { assertFails } from './lib/accounts.mjs';
import { run, Running } from './lib/process.mjs';
import { leftOut, program } from './lib/programs.mjs';
import { Sandbox } from './lib/sandbox.mjs';

const kConfiguration = 78;
const kNobody = 65534;

describe('the daemon and other users', { skip: leftOut('root') }, () => {
  let sandbox;

  beforeEach(async () => { sandbox = await Sandbox.create(); });
  afterEach(() => sandbox.close());

  test('exits 78 on a state directory that belongs to someone else', async () => {
    await chown(sandbox.state, kNobody, kNobody);
    assertFails(await run(program('tokend'), [], { env: sandbox.env }), kConfiguration, new RegExp(sandbox.state));
  });

  test('lets nobody else in, even through an open door', async () => {
    await sandbox.startDaemon();
    for (const path of [sandbox.root, sandbox.runtime, join(sandbox.runtime, 'tokend')]) await chmod(path, 0o755);
    await chmod(sandbox.socket, 0o666);
    const script = "const s=require('net').connect(process.argv[1]);"
      + "s.on('error',()=>{}).on('close',()=>console.log('closed')).on('data',(d)=>console.log('answered '+d));"
      + "s.write(JSON.stringify({method:'io.tokend.Broker.GetStatus',parameters:{}})+'\\0')";
    const stranger = new Running(process.execPath, ['-e', script, sandbox.socket], { uid: kNobody, gid: kNobody, env: {} });
    const { stdout } = await stranger.exited;
    assert.equal(stdout, 'closed\n');  // without a word
    assert.deepEqual(await sandbox.json('list'), []);
  });
});
