// F16: a 2xx with a body that is no token response, from a provider that has rotated. Nobody crashes, nothing of it is
// served, the raw answer is in the journal, and the spent refresh token is not sent again. What is readable is read.
import { RawProvider } from './lib/raw_provider.mjs';
import { inTurns } from './lib/turns.mjs';
import { World } from './lib/world.mjs';

const kDeep = 100_000;
const changed = (change) => (good) => { const body = JSON.parse(good); change(body); return JSON.stringify(body); };
const after = (good, member) => good.replace(/\}$/, `,${member}}`);

const kUnreadable = {
  empty: () => '', 'a brace': () => '{', null: () => 'null', list: () => '[]', text: () => '"token"', HTML: () => '<html></html>',
  'cut off': (good) => good.slice(0, -1), 'more behind it': (good) => `${good}{}`,
  'a second access_token': (good) => after(good, '"access_token":"another"'),
  'a second refresh_token': (good) => after(good, '"refresh_token":"another"'),
  'deep lists': () => '['.repeat(kDeep), 'deep objects': () => '{"a":'.repeat(kDeep),
  'deep, and closed': (good) => after(good, `"a":${'['.repeat(kDeep)}${']'.repeat(kDeep)}`),
  'UTF-16': (good) => Buffer.from(good, 'utf16le'),
  'no access_token': changed((body) => { delete body.access_token; }),
  'a number for a token': changed((body) => { body.access_token = 5; }),
  'an empty token': changed((body) => { body.access_token = ''; }),
  'a token with a line end': changed((body) => { body.access_token = 'a\r\nX-Injected: 1'; }),
  'a token that is no UTF-8': () => Buffer.concat([Buffer.from('{"access_token":"a'), Buffer.from([0xff]), Buffer.from('"}')]),
  'a token with NUL': changed((body) => { body.access_token = 'a\u0000b'; }),
  'a token of another type': changed((body) => { body.token_type = 'mac'; }),
};

const kReadable = {
  'lifetime as text': changed((body) => { body.expires_in = '3600'; }),
  'no lifetime': changed((body) => { delete body.expires_in; }),
  'negative lifetime': changed((body) => { body.expires_in = -5; }),
  'a giant lifetime': changed((body) => { body.expires_in = 1e15; }),
  'a fraction': changed((body) => { body.expires_in = 3599.5; }),
  'unknown members': changed((body) => { body.more = { a: [1, null, true] }; }),
  'no refresh_token': changed((body) => { delete body.refresh_token; }),
  'no UTF-8 beside the token': (good) => Buffer.concat([Buffer.from(good.slice(0, -1)), Buffer.from(',"a":"'), Buffer.from([0xff, 0xc0]), Buffer.from('"}')]),
  'white space': (good) => `\r\n\t ${good}\n`,
};

async function unreadable(world, tally, name, disfigure) {
  const { provider } = world;
  const account = `u-${name.replaceAll(/[ ,]+/g, '-')}`;
  await provider.addSignedIn(world, account);
  const before = await world.token(account);
  provider.script(account, (response, tokens) => provider.send(response, 200, disfigure(tokens())));
  const { error, parameters } = await world.refresh(account, { timeout: 2 });
  tally.check(error !== undefined, `${name} was taken for a token response`);
  tally.check(parameters?.cause === 'refresh_in_doubt', `${name}: ${error} ${parameters?.cause}`);
  const still = await world.get(account);
  tally.check(still.parameters?.accessToken === before, `${name}: the old token is not served`);
  await world.refresh(account, { timeout: 2 });
  tally.check(provider.of(account).length === 1, `${name}: ${provider.of(account).length} requests`);
}

async function readable(world, tally, name, disfigure) {
  const { provider } = world;
  const account = `r-${name.replaceAll(/[ ,]+/g, '-')}`;
  await provider.addSignedIn(world, account);
  const before = await world.token(account);
  provider.script(account, (response, tokens) => provider.send(response, 200, disfigure(tokens())));
  const { error, parameters } = await world.refresh(account, { timeout: 2 });
  tally.check(!error, `${name}: ${error} ${parameters?.reason}`);
  const now = await world.token(account);
  tally.check(now !== before && await provider.accepts(now), `${name}: the new token is not served`);
}

async function run(tally) {
  const world = await World.open(await RawProvider.start());
  try {
    await inTurns(Object.entries(kUnreadable), (round) => unreadable(world, tally, ...round), tally);
    await inTurns(Object.entries(kReadable), (round) => readable(world, tally, ...round), tally);
    await checkJournal(world, tally, Object.keys(kUnreadable).length);
  } finally {
    await world.close();
  }
}

async function checkJournal(world, tally, count) {
  const ended = await world.stop();
  tally.check(ended.code === 0, `it ended with ${ended.code}: ${ended.stderr}`);
  const { attempts } = await world.database();
  const kept = attempts.filter(({ replied }) => replied).length;
  tally.check(kept === count, `${kept} of ${count} raw answers are in the journal`);
}

export const lines = [{ id: 'F16', what: 'malformed, repeated, deep, badly encoded token responses', needs: ['python3'], run }];
