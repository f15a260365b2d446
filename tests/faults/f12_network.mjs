// F12: the network fails at every place of an exchange. The old token is served, nothing hammers, and the refresh goes
// through when the network is back.
import { RawProvider } from './lib/raw_provider.mjs';
import { World } from './lib/world.mjs';

const kImpatient = { timeout: 1 };
const reset = (socket) => socket.resetAndDestroy();

// How each fails: script of the answer, or what is done to the server.
const kOutages = {
  refused: { begin: (provider) => provider.close(), end: (provider) => provider.listen(), causes: ['network'] },
  'reset before the answer': { script: (response) => reset(response.socket) },
  'closed before the answer': { script: (response) => response.socket.destroy() },
  'reset in the header': { script: (response) => { response.socket.write('HTTP/1.1 200 OK\r\nConte', () => reset(response.socket)); } },
  'reset in the body': {
    script: (response) => {
      response.writeHead(200, { 'content-length': 4000 }).write('{"access_token":"half');
      response.socket.write('', () => reset(response.socket));
    },
  },
  'a black hole': { script: () => {}, fullOnly: true, patience: { timeout: 40 } },
};

async function outage(world, tally, name, { begin, end, script, patience = kImpatient, causes = ['network', 'timed_out', 'provider_error'] }) {
  const { provider } = world;
  const account = name.replaceAll(' ', '-');
  await provider.addSignedIn(world, account);
  const before = await world.token(account);
  if (script) provider.script(account, script);
  await begin?.(provider);
  const { error, parameters } = await world.refresh(account, patience);
  tally.check(error?.endsWith('TemporarilyUnavailable') && causes.includes(parameters.cause),
    `${name}: ${error} ${parameters?.cause}`);
  tally.check(await world.token(account) === before, `${name}: the old token is not served`);
  tally.check(provider.of(account).length <= 2, `${name}: ${provider.of(account).length} requests in a second`);
  await end?.(provider);
  provider.heal(account);
  await world.judge(tally, account);
}

async function unknownName(world, tally) {
  const definition = { flow: 'client_credentials', clientId: 'a', clientSecret: 'b', tokenEndpoint: 'https://nowhere.invalid/token' };
  await world.call('AddAccount', { account: 'nowhere', definition });
  const { code, stderr } = await world.sandbox.tokenctl('login', 'nowhere', '--timeout', '1');
  tally.check(code === 5 && /nowhere/.test(stderr), `a name that does not exist: exit ${code}: ${stderr}`);
}

async function run(tally) {
  const world = await World.open(await RawProvider.start());
  try {
    for (const [name, how] of Object.entries(kOutages)) {
      if (how.fullOnly && !tally.full) continue;
      tally.round();
      await outage(world, tally, name, how);
    }
    tally.round();
    await unknownName(world, tally);
    await world.checkNothingSuperseded(tally);
  } finally {
    await world.close();
  }
}

export const lines = [{ id: 'F12', what: 'no name, refused, reset, closed, a black hole', run }];
