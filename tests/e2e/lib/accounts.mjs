// An account at the provider double, and the checks that go with it.
import assert from 'node:assert/strict';

import { canaryHits } from './canaries.mjs';
import { signIn } from './login.mjs';

export const kDemoSecret = 'demo-secret';

// Defines the account; nobody is signed in yet.
export async function addAccount(sandbox, name, provider, ...more) {
  const secret = await sandbox.file(`${name}.secret`, `${kDemoSecret}\n`);
  const usual = provider.definition('--client-secret-file', secret);
  if (more.includes('--redirect-uri')) usual.splice(usual.indexOf('--redirect-uri'), 2);
  const added = await sandbox.tokenctl('add', name, ...usual,
    ...(more.includes('--scope') ? [] : ['--scope', 'openid']), ...more, '--no-login');
  assert.equal(added.code, 0, added.stderr);
}

export async function addSignedIn(sandbox, name, provider, ...more) {
  await addAccount(sandbox, name, provider, ...more);
  const ended = await signIn(sandbox, name);
  assert.equal(ended.code, 0, ended.stderr);
}

export async function token(sandbox, name, ...more) {
  const answer = await sandbox.tokenctl('token', name, ...more);
  assert.equal(answer.code, 0, answer.stderr);
  return answer.stdout.trimEnd();
}

// None of these secrets, { kind: [secret, ..] }, is where it may not be.
export async function assertNoCanaries(sandbox, secrets) {
  for (const [kind, values] of Object.entries(secrets)) assert.ok(values.length > 0, `there is a ${kind} to look for`);
  assert.deepEqual(await canaryHits(secrets, await sandbox.places()), []);
}

// Nothing that the provider double issued or was shown, nor the client's secret, which it may not have been shown yet.
export async function assertKeepsSecrets(sandbox, provider) {
  const { client_secret: shown = [], ...issued } = await provider.secrets();
  await assertNoCanaries(sandbox, { ...issued, client_secret: [...new Set([...shown, kDemoSecret])] });
}

// A command that fails: with this exit code, and one sentence that matches.
export function assertFails(result, code, pattern) {
  assert.equal(result.code, code, `${result.stdout}${result.stderr}`);
  assert.match(result.stderr, pattern);
}
