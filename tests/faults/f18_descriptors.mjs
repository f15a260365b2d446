// F18: hundreds of clients want what the daemon's file descriptors allow to few. Those that it has no room for are
// closed, the others and its own work go on, it does not spin, and everybody is served when there is room again.
import { readFileSync } from 'node:fs';

import { connect, message } from '../e2e/lib/socket.mjs';
import { until } from '../e2e/lib/process.mjs';
import { kStrict, World } from './lib/world.mjs';

const kDescriptors = 600;  // half of so few are the daemon's own
const kClients = 400;
const kLookMs = 1000;
const kBusiest = 0.5;      // of a core: ten times the figure
const kTicks = 100;        // a second, of /proc

const cpuSeconds = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / kTicks;
};

// By a timer: how much of a second it uses is nothing that it announces.
async function busyness(pid) {
  const before = cpuSeconds(pid);
  await new Promise((resolve) => setTimeout(resolve, kLookMs));
  return (cpuSeconds(pid) - before) / (kLookMs / 1000);
}

async function askOn(connection, method, parameters) {
  connection.received = '';
  connection.send(message(method, parameters));
  const [, reply] = await connection.until(/^([^\0]*)\0/);
  return JSON.parse(reply);
}

async function crowd(world, tally) {
  const first = connect(world.sandbox.socket);
  await askOn(first, 'GetStatus', {});
  const clients = Array.from({ length: kClients }, () => connect(world.sandbox.socket));
  let closed = 0;
  await new Promise((resolve) => {  // when those without room are closed
    const count = () => { if ((closed += 1) === kClients + 1 - kDescriptors / 2) resolve(); };
    for (const client of clients) client.closed.then(count);
  });
  tally.check(closed < kClients, 'nobody got in');
  const busy = await busyness(world.sandbox.daemon.pid);
  tally.check(busy < kBusiest, `busy for ${busy} of a core`);
  const { error } = await askOn(first, 'Refresh', { account: 'acme' });
  tally.check(!error, `a refresh in the crowd: ${error}`);
  for (const client of [first, ...clients]) client.socket.destroy();
  await until('somebody is let in again', async () => !(await world.call('GetStatus', {})).error);
  await world.judge(tally);
}

async function run(tally) {
  const world = await World.open(kStrict);
  try {
    await world.signIn();
    await world.stop();
    await world.restart(tally, { within: ['prlimit', `--nofile=${kDescriptors}:${kDescriptors}`] });
    for (let i = tally.times(20, 2); i > 0; --i) {
      tally.round();
      await crowd(world, tally);
    }
    await world.checkNothingSuperseded(tally);
  } finally {
    await world.close();
  }
}

export const lines = [{ id: 'F18', what: 'more clients than file descriptors', run }];
