// F5: the state directory becomes read-only while the daemon runs, or before it starts. What is valid is served, nothing
// that rotates is sent, the status says so, and all is well when it can be written again.
import { onLoopDisk } from './lib/disks.mjs';
import { kStrict } from './lib/world.mjs';

async function whileRunning(world, disk, tally) {
  await world.newRequests();
  disk.failReadOnly();
  const { error, parameters } = await world.refresh('acme', { timeout: 1 });
  tally.check(error?.endsWith('TemporarilyUnavailable'), `a refresh: ${error} ${parameters?.cause}`);
  tally.check((await world.newRequests()).length === 0, 'a request was sent');
  await world.checkServed(tally);
  const status = (await world.call('GetStatus', {})).parameters;
  const account = await world.account();
  tally.check(status.state !== 'ok' || account.cause, `the status says ${status.state}, the account ${account.state}`);
  await world.stop();
  await disk.unplug();
  disk.plugIn();
  await world.restart(tally);
  await world.judge(tally);
}

async function atTheStart(world, disk, tally) {
  await world.stop();
  await disk.unplug();
  disk.plugIn('ro');
  const started = world.sandbox.start('tokend', []);
  await Promise.race([started.saw('stderr', /tokend: ready/).catch(() => {}), started.exited]);
  tally.check(!started.over || (started.over.code === 78 && started.over.stderr.includes(world.sandbox.state)),
    `a start: ${started.over?.code} ${started.over?.stderr}`);
  await started.kill();
  await disk.unplug();
  disk.plugIn();
  await world.restart(tally);
  await world.judge(tally);
}

async function run(tally) {
  await onLoopDisk(kStrict, async (world, disk) => {
    await world.signIn();
    for (const round of [whileRunning, atTheStart, whileRunning]) {
      tally.round();
      await round(world, disk, tally);
    }
  });
}

export const lines = [{ id: 'F5', what: 'the state directory is read-only, while it runs and at a start', needs: ['root', 'loop mounts'], run }];
