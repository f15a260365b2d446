// The daemon was told to stop and waits for what is under way: it has said so, and takes no more callers.
import assert from 'node:assert/strict';

import { connect } from './socket.mjs';

export async function stopping(sandbox) {
  await sandbox.daemon.saw('stderr', /tokend: stopping/);
  const { socket } = connect(sandbox.socket);
  const taken = await new Promise((resolve) => {
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
  });
  socket.destroy();
  assert.equal(taken, false, 'a daemon that stops took another caller');
}
