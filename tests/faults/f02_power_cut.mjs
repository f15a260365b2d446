// F2: the disk loses its power while the daemon refreshes and takes new accounts. What it had acknowledged is there
// when the power is back, the database is whole, and the login goes on.
import { onLoopDisk } from './lib/disks.mjs';
import { kLeeway } from './lib/world.mjs';

const kMostAcknowledged = 12;

// Works until the disk is gone. What was acknowledged until stopCounting(): the newest token, the new accounts. enough:
// resolves when so many were, or when there is nothing more to come.
function work(world, round, wanted) {
  const acknowledged = { token: null, accounts: [] };
  let [over, counting, tell] = [false, true];
  const enough = new Promise((resolve) => { tell = resolve; });
  const acknowledge = (note) => {
    if (counting) note();
    if ((wanted -= 1) <= 0) tell();
  };
  const refreshing = async () => {
    while (!over) {
      const { error } = await world.refresh();
      const token = error ? null : await world.token();
      if (token) acknowledge(() => { acknowledged.token = token; });
      if (error) over = true;
    }
  };
  const adding = async () => {
    for (let i = 0; !over; ++i) {
      const account = `r${round}-${i}`;
      const { error } = await world.call('AddAccount', { account, definition: kDefinition });
      if (!error) acknowledge(() => acknowledged.accounts.push(account));
    }
  };
  const done = Promise.all([refreshing(), adding()]).then(tell);
  return { acknowledged, enough, stopCounting: () => { counting = false; }, end: () => { over = true; return done; } };
}

const kDefinition = {
  flow: 'client_credentials', clientId: 'demo', clientSecret: 'demo-secret', tokenEndpoint: 'https://id.acme.example/token',
};

async function round(world, disk, tally) {
  const working = work(world, tally.rounds, tally.random.below(kMostAcknowledged) + 1);
  const cutPower = await disk.powerSwitch();
  await working.enough;
  working.stopCounting();  // a sync that is under way when it strikes comes back as good, and was for nothing
  await cutPower();
  await world.stop('SIGKILL');
  await working.end();
  await disk.unplug();
  disk.plugIn();
  const { integrity } = await world.database();
  tally.check(integrity === 'ok', `integrity: ${integrity}`);
  await world.restart(tally);
  await compare(world, tally, working.acknowledged);
  await world.judge(tally);
  await world.checkNothingSuperseded(tally);
}

async function compare(world, tally, { token, accounts }) {
  const { access_token: issued } = await world.provider.secrets();
  const served = await world.token();
  if (token && issued.indexOf(served) < issued.indexOf(token)) tally.lose('an acknowledged refresh');
  const there = (await world.sandbox.json('list')).map(({ account }) => account);
  for (const account of accounts) if (!there.includes(account)) tally.lose(`the acknowledged account ${account}`);
  for (const account of there.filter((name) => name !== 'acme')) await world.call('RemoveAccount', { account, localOnly: true });
  tally.acknowledged += accounts.length + (token ? 1 : 0);
}

async function run(tally) {
  tally.acknowledged = 0;
  await onLoopDisk(kLeeway, async (world, disk) => {
    await world.signIn();
    for (let i = tally.times(200, 10); i > 0; --i) {
      tally.round();
      await round(world, disk, tally);
    }
  });
  tally.note = `${tally.acknowledged} refreshes and accounts were acknowledged shortly before a cut`;
  tally.check(tally.acknowledged > tally.rounds, 'too little was acknowledged to lose anything');
}

export const lines = [
  { id: 'F2', what: 'the disk loses its power (ext4 on a loop device)', needs: ['root', 'loop mounts', 'python3'], run },
];
