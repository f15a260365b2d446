// F3: a disk of 6 MiB that fills and empties by chance, also while an answer is under way, and kills in between. A
// provider without leeway: whatever is lost is lost for good.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { MemoryDisk } from './lib/disks.mjs';
import { kStrict, World } from './lib/world.mjs';

const kDisk = 6 << 20;
const kRefusals = ['disk_full', 'timed_out'];
const kSettledEvery = 15;
const kImpatient = { timeout: 1 };  // what the disk still owes may take a minute to be offered again

// Mostly next to nothing, sometimes plenty.
const chance = (random) => random.pick([0, 0, 4096, random.below(64 << 10), random.below(1 << 20), random.below(kDisk)]);

async function refreshWhileItFills(world, disk, random) {
  await world.provider.fault('stall_answer');
  const asked = world.refresh('acme', kImpatient);
  const held = await Promise.race([world.provider.untilHeld(1).then(() => true), asked.then(() => false)]);
  disk.leave(chance(random));
  if (random.below(2) === 0) rmSync(join(disk.directory, 'ballast'), { force: true });
  if (random.below(2) === 0) disk.leave(0);
  if (held) await world.provider.release();
  await world.provider.clearFaults();
  return asked;
}

async function round(world, disk, tally) {
  const { random } = tally;
  disk.leave(chance(random));
  const { error, parameters } = await (random.below(2) === 0 ? world.refresh('acme', kImpatient) : refreshWhileItFills(world, disk, random));
  const requests = await world.newRequests();
  tally.full_disks += error ? 1 : 0;
  if (error) tally.check(kRefusals.includes(parameters?.cause), `not a full disk: ${error} ${parameters?.cause}`);
  if (parameters?.cause === 'disk_full') tally.check(requests.length === 0, 'the disk refused the intent, and a request was sent');
  await world.checkServed(tally);
  tally.check(!requests.some((request) => request.outside_leeway), 'a superseded refresh token was sent');
}

async function settle(world, disk, tally) {
  if (tally.random.below(2) === 0) await killAndRestart(world, disk, tally);
  disk.leave(kDisk);
  if (!await world.judge(tally)) await world.signInAgain();
  tally.check(existsSync(join(disk.directory, 'ballast')), 'the ballast was not made again');
  await world.newRequests();
}

// Started while it is still full: that may fail, and then works when there is room.
async function killAndRestart(world, disk, tally) {
  await world.stop(tally.random.pick(['SIGKILL', 'SIGTERM']));
  const full = world.sandbox.start('tokend', []);
  await Promise.race([full.saw('stderr', /tokend: ready/).catch(() => {}), full.exited]);
  tally.check(!full.over || full.over.code === 78, `a start on a full disk ended with ${full.over?.code} ${full.stderr}`);
  await full.kill('SIGKILL');
  disk.leave(kDisk);
  await world.restart(tally);
}

async function run(tally) {
  let disk;
  const world = await World.open(kStrict, { prepare: (sandbox) => { disk = new MemoryDisk(sandbox.state, kDisk); } });
  tally.full_disks = 0;
  try {
    await world.signIn();
    for (let i = tally.times(1000, 30); i > 0; --i) {
      tally.round();
      await round(world, disk, tally);
      if (i % kSettledEvery === 1) await settle(world, disk, tally);
    }
  } finally {
    await world.stop('SIGKILL');
    disk.remove();
    await world.close();
  }
  tally.note = `${tally.full_disks} refreshes were refused before they were sent`;
  tally.check(tally.full_disks > 0, 'the disk was never full');
}

export const lines = [{ id: 'F3', what: 'the disk fills and empties by chance', needs: ['root'], run }];
