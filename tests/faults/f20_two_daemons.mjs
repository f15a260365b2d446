// F20: a second daemon on the same state directory, by the same path or by another that leads there. It ends with 75,
// writes nothing, and the first serves on. F21: what a killed daemon leaves behind is in nobody's way.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { connect } from '../e2e/lib/socket.mjs';
import { kStrict, World } from './lib/world.mjs';

const kSlowestMs = 10_000;  // ten times the figure

async function second(world, tally, name, ...options) {
  tally.round();
  await world.token();
  const before = (await world.database()).commits;
  const began = Date.now();
  const { code, stderr } = await world.sandbox.start('tokend', options).exited;
  tally.check(code === 75, `${name}: exit ${code}: ${stderr}`);
  tally.check(Date.now() - began < kSlowestMs, `${name}: took ${Date.now() - began} ms`);
  tally.check((await world.database()).commits === before, `${name}: it wrote`);
  await world.judge(tally);
}

async function bound(world, tally) {
  const alias = join(world.sandbox.root, 'alias');
  mkdirSync(alias);
  execFileSync('mount', ['--bind', world.sandbox.state, alias]);
  try {
    await second(world, tally, 'by a bind mount', '--state-dir', alias, '--socket', join(world.sandbox.root, 'run/tokend/third'));
  } finally {
    execFileSync('umount', [alias]);
  }
}

async function twoDaemons(tally) {
  const world = await World.open(kStrict);
  try {
    await world.signIn();
    await second(world, tally, 'the same');
    await second(world, tally, 'with a socket of its own', '--socket', join(world.sandbox.root, 'run/tokend/other'));
    if (process.getuid() === 0) await bound(world, tally);
  } finally {
    await world.close();
  }
}

async function staleSocket(tally) {
  const world = await World.open(kStrict);
  try {
    await world.signIn();
    for (let i = tally.times(100, 5); i > 0; --i) {
      tally.round();
      const waiting = connect(world.sandbox.socket);  // somebody who was connected, too
      await world.stop('SIGKILL');
      await waiting.closed;
      await world.restart(tally);
      await world.judge(tally);
    }
    await world.checkNothingSuperseded(tally);
  } finally {
    await world.close();
  }
}

export const lines = [
  { id: 'F20', what: 'a second daemon on the state directory', needs: ['python3'], run: twoDaemons },
  { id: 'F21', what: 'the socket and lock of a killed daemon', run: staleSocket },
];
