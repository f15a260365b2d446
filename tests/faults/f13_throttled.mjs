// F13: 429 and 503 with Retry-After in every form. The next request is not earlier than asked, an hour at most, and what
// cannot be read is an ordinary back-off.
import { RawProvider } from './lib/raw_provider.mjs';
import { inTurns } from './lib/turns.mjs';
import { World } from './lib/world.mjs';

const kImpatient = { timeout: 1 };
const kLongest = 3600;
const kLongestBackOff = 300;
const date = (seconds) => new Date(Date.now() + seconds * 1000).toUTCString();

// What is sent, and how long it means; null: an ordinary back-off.
const kForms = {
  seconds: [() => '7', 7], minutes: [() => '120', 120], 'a date': [() => date(90), 90], 'ten years': [() => '315360000', kLongest],
  'a date in a year': [() => date(31536000), kLongest], 'more than fits': [() => '99999999999999999999', kLongest],
  'a word': [() => 'soon', null], negative: [() => '-5', null], fraction: [() => '1.5', null], 'a past date': [() => date(-3600), null],
  empty: [() => '', null], absent: [() => undefined, null],
};

async function throttled(world, tally, status, form, [value, expected]) {
  const { provider } = world;
  const account = `${status}-${form.replaceAll(' ', '-')}`;
  const name = `${status}, Retry-After ${form}`;
  await provider.addSignedIn(world, account);
  const before = await world.token(account);
  const field = value();
  provider.script(account, (response) => provider.send(response, status, '', field === undefined ? {} : { 'retry-after': field }));
  const { error, parameters } = await world.refresh(account, kImpatient);
  tally.check(error?.endsWith('TemporarilyUnavailable'), `${name}: ${error} ${parameters?.cause}`);
  tally.check(status !== 429 || parameters?.cause === 'rate_limited', `${name}: cause ${parameters?.cause}`);
  await checkWait(world, tally, account, name, expected);
  tally.check(await world.token(account) === before, `${name}: the old token is not served`);
  if (status === 429 && expected) await checkObeyed(world, tally, account, name);
  provider.heal(account);
}

async function checkWait(world, tally, account, name, expected) {
  const { nextAttemptAt } = await world.account(account);
  const wait = nextAttemptAt - Date.now() / 1000;
  if (expected === null) return tally.check(!(wait > kLongestBackOff + kLongest), `${name}: waits ${wait} s`);
  return tally.check(Math.abs(wait - expected) < 5, `${name}: waits ${wait} s`);
}

// Nobody gets round it, not even a person.
async function checkObeyed(world, tally, account, name) {
  await world.refresh(account, kImpatient);
  const sent = world.provider.of(account).length;
  tally.check(sent === 1, `${name}: ${sent} requests`);
}

async function run(tally) {
  const world = await World.open(await RawProvider.start());
  try {
    const rounds = [429, 503].flatMap((status) => Object.entries(kForms).map((form) => [status, ...form]));
    await inTurns(rounds, (round) => throttled(world, tally, ...round), tally);
    await world.checkNothingSuperseded(tally);
  } finally {
    await world.close();
  }
}

export const lines = [{ id: 'F13', what: '429 and 503 with every form of Retry-After', run }];
