// F25: told to stop, to read its configuration again, or to log out while a refresh is under way, before the provider
// has seen to it or after. The answer is awaited and kept. F26: the account becomes another one meanwhile, and the answer
// is not for it.
import { stopping } from '../e2e/lib/stopping.mjs';
import { untilTold } from '../e2e/lib/subscription.mjs';
import { kStrict, World } from './lib/world.mjs';

const kLongestStopMs = 36_000;
const kStalls = ['stall', 'stall_answer'];  // before and after the provider rotates

// A refresh that is out. finish(): the provider answers; what the caller got.
async function inFlight(world, stall) {
  await world.provider.fault(stall);
  const asked = world.refresh();
  await world.provider.untilHeld(1);
  return async () => { await world.provider.release(); return asked; };
}

async function stopped(world, tally, stall, signal) {
  const finish = await inFlight(world, stall);
  const ended = world.stop(signal);
  await stopping(world.sandbox);
  tally.check(!world.sandbox.daemon.over, `${signal}: it did not wait for the answer`);
  await finish();
  const { code } = await ended;
  tally.check(code === 0, `${signal}: exit ${code}`);
  tally.check((await world.database()).attempts.length === 0, `${signal}: the exchange was not finished`);
  await world.restart(tally);
  await world.judge(tally);
}

async function reloaded(world, tally, stall) {
  const finish = await inFlight(world, stall);
  world.sandbox.daemon.kill('SIGHUP');
  await world.call('GetStatus', {});
  const { error } = await finish();
  tally.check(!error, `SIGHUP: the refresh ended with ${error}`);
  await world.judge(tally);
}

// The newest token is revoked too, though it came after the logout was asked for.
async function loggedOut(world, tally, stall) {
  const before = await world.token();
  const finish = await inFlight(world, stall);
  const leaving = world.call('Logout', { account: 'acme' });
  await world.call('GetStatus', {});
  await finish();
  const { error } = await leaving;
  tally.check(!error, `logout: ${error}`);
  tally.check(!await world.provider.accepts(before), 'logout: the old token is still good');
  tally.check((await world.provider.state()).live_access_tokens === 0, 'logout: a token outlived it');
  await world.signInAgain();
}

// The provider never answers: a stop does not wait for ever.
async function silent(world, tally) {
  await inFlight(world, 'stall');
  const began = Date.now();
  const { code } = await world.stop();
  tally.check(code === 0 && Date.now() - began < kLongestStopMs, `a silent provider: exit ${code} after ${Date.now() - began} ms`);
  await world.provider.release();
  await world.restart(tally);
}

async function stops(tally) {
  const world = await World.open(kStrict);
  try {
    await world.signIn();
    for (let i = tally.times(10, 1); i > 0; --i) {
      for (const stall of kStalls) {
        for (const act of [(...at) => stopped(...at, 'SIGTERM'), (...at) => stopped(...at, 'SIGINT'), reloaded, loggedOut]) {
          tally.round();
          await act(world, tally, stall);
        }
      }
    }
    await world.checkNothingSuperseded(tally);
    if (tally.full) await silent(world, tally);
  } finally {
    await world.close();
  }
}

async function changed(world, tally, stall, what, options, keepsLogin) {
  const before = await world.token();
  const finish = await inFlight(world, stall);
  const set = await world.sandbox.tokenctl('set', 'acme', ...options);
  tally.check(set.code === 0, `${what}: ${set.stderr}`);
  await finish();
  await untilTold(world.sandbox.socket, 'acme', ({ state }) => state && state !== 'refreshing');
  const { error, parameters } = await world.get();
  if (keepsLogin) return tally.check(parameters?.accessToken !== before && !error, `${what}: ${error ?? 'the old token'}`);
  return tally.check(error === 'io.tokend.Broker.LoginRequired', `${what}: served ${error}`);
}

async function changes(tally) {
  const world = await World.open(kStrict);
  try {
    await world.signIn();
    for (let i = tally.times(10, 1); i > 0; --i) {
      for (const stall of kStalls) {
        tally.round();
        await changed(world, tally, stall, 'other places of use', ['--url', `https://api${i}.${stall.replace('_', '-')}.example`], true);
        tally.round();
        await changed(world, tally, stall, 'another client', ['--client-id', 'other'], false);
        await world.sandbox.tokenctl('set', 'acme', '--client-id', 'demo');
        await world.signInAgain();
      }
    }
    await world.checkNothingSuperseded(tally);
  } finally {
    await world.close();
  }
}

export const lines = [
  { id: 'F25', what: 'SIGTERM, SIGINT, SIGHUP, logout with a refresh under way', needs: ['python3'], run: stops },
  { id: 'F26', what: 'the account changes with a refresh under way', run: changes },
];
