// F14: every error answer. What each means to a caller is a table; only what ends a login for certain ends it, and no
// credential follows a redirect.
import { createServer } from 'node:http';

import { RawProvider } from './lib/raw_provider.mjs';
import { inTurns } from './lib/turns.mjs';
import { World } from './lib/world.mjs';

const kImpatient = { timeout: 1 };
const kLater = 'TemporarilyUnavailable';
const oauth = (status, error, expected, cause) => ({ status, body: JSON.stringify({ error }), name: `${status} ${error}`, expected, cause });
const page = (status, expected, cause) => ({ status, body: '<html>no</html>', name: `${status} page`, expected, cause });
const each = (names, make) => names.map((name) => make(name));

const kAnswers = [
  oauth(400, 'invalid_grant', 'LoginRequired', 'refresh_token_revoked'),
  oauth(400, 'expired_token', 'LoginRequired', 'refresh_token_expired'),
  ...each(['interaction_required', 'consent_required', 'login_required'], (name) => oauth(400, name, 'LoginRequired', 'consent_required')),
  ...each(['invalid_client', 'unauthorized_client', 'unsupported_grant_type', 'invalid_request'],
    (name) => oauth(400, name, 'ProviderRefused', 'bad_client')),
  ...each(['invalid_scope', 'invalid_target'], (name) => oauth(400, name, 'ProviderRefused', 'bad_scope')),
  oauth(400, 'redirect_uri_mismatch', 'ProviderRefused', 'bad_redirect'),
  ...each(['access_denied', 'authorization_declined'], (name) => oauth(400, name, 'Denied', 'user_denied')),
  ...each(['temporarily_unavailable', 'server_error', 'a_new_error'], (name) => oauth(400, name, kLater, 'provider_error')),
  oauth(400, 'slow_down', kLater, 'rate_limited'),
  oauth(401, 'invalid_client', 'ProviderRefused', 'bad_client'),
  oauth(401, 'invalid_grant', 'LoginRequired', 'refresh_token_revoked'),
  oauth(403, 'invalid_grant', 'LoginRequired', 'refresh_token_revoked'),
  oauth(200, 'invalid_grant', 'LoginRequired', 'refresh_token_revoked'),
  oauth(200, 'bad_refresh_token', 'LoginRequired', 'refresh_token_revoked'),
  oauth(200, 'a_new_error', kLater, 'provider_error'),
  // The status wins over the name.
  oauth(429, 'invalid_grant', kLater, 'rate_limited'),
  ...each([408, 500, 502, 503, 504], (status) => oauth(status, 'invalid_grant', kLater)),
  ...each([400, 401, 403, 404, 410, 413, 418, 500, 502, 503, 504], (status) => page(status, kLater)),
  ...each([301, 302, 303, 307, 308], (status) => ({ ...page(status, kLater), redirect: true })),
];

async function answered(world, tally, elsewhere, { status, body, name, expected, cause, redirect }, account) {
  const { provider } = world;
  await provider.addSignedIn(world, account);
  const before = await world.token(account);
  const fields = redirect ? { location: elsewhere.url } : {};
  provider.script(account, (response) => provider.send(response, status, body, fields));
  const { error, parameters } = await world.refresh(account, kImpatient);
  tally.check(error === `io.tokend.Broker.${expected}`, `${name}: ${error}`);
  tally.check(!cause || parameters?.cause === cause, `${name}: cause ${parameters?.cause}`);
  if (expected === 'LoginRequired') return;
  tally.check(await world.token(account) === before, `${name}: the old token is not served`);
  provider.heal(account);
  if (cause !== 'rate_limited') await world.judge(tally, account);
}

// Where redirects point. Nothing may come.
async function startElsewhere() {
  const elsewhere = { connections: 0, server: createServer() };
  elsewhere.server.on('connection', (socket) => { elsewhere.connections += 1; socket.destroy(); });
  await new Promise((resolve) => elsewhere.server.listen(0, '127.0.0.1', resolve));
  elsewhere.url = `http://127.0.0.1:${elsewhere.server.address().port}/token`;
  return elsewhere;
}

async function run(tally) {
  const [world, elsewhere] = [await World.open(await RawProvider.start()), await startElsewhere()];
  try {
    await inTurns([...kAnswers.entries()], ([i, answer]) => answered(world, tally, elsewhere, answer, `a${i}`), tally);
    tally.check(elsewhere.connections === 0, 'a redirect was followed');
    await world.checkNothingSuperseded(tally);
  } finally {
    elsewhere.server.close();
    await world.close();
  }
}

export const lines = [{ id: 'F14', what: 'every OAuth error, error page and redirect', run }];
