// curl with an account's token: real curl, against a real API on this machine.
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';

import { addSignedIn, assertFails, assertNoCanaries, token } from './lib/accounts.mjs';
import { ApiServer } from './lib/api_server.mjs';
import { canaryHits } from './lib/canaries.mjs';
import { run } from './lib/process.mjs';
import { leftOut, program } from './lib/programs.mjs';
import { ProviderDouble } from './lib/provider_double.mjs';
import { Sandbox } from './lib/sandbox.mjs';

const kBytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7 + (i >> 8)) % 256));
const kLong = 'refused '.repeat(300_000);

describe('tokenctl curl', { skip: leftOut() }, () => {
  let provider, sandbox, api, elsewhere, held, hold;

  beforeEach(async () => {
    held = new Promise((resolve) => { hold = resolve; });
    [provider, sandbox, elsewhere] = await Promise.all([ProviderDouble.start(), Sandbox.create(), ApiServer.start()]);
    api = await ApiServer.start({
      '/bytes': (_, response) => response.end(kBytes),
      '/never': (_, response) => response.writeHead(401).end(`refusal ${api.requests.length}\n`),
      '/long-refusal': (_, response) => response.writeHead(401).end(kLong),
      '/missing': (_, response) => response.writeHead(404).end('nothing here\n'),
      '/moved': (_, response) => response.writeHead(302, { location: `${elsewhere.url}/there` }).end(),
      '/moved-here': (_, response) => response.writeHead(302, { location: '/here' }).end(),
      '/held': (_, response) => hold(response),
    });
    await sandbox.startDaemon();
    await addSignedIn(sandbox, 'acme', provider, '--url', `${api.url}/`);
  });
  afterEach(async () => {
    const secrets = await provider.secrets();
    try {
      await assertNoCanaries(sandbox, secrets);
    } finally {
      await Promise.allSettled([sandbox.close(), provider.stop(), api.stop(), elsewhere.stop()]);
    }
  });

  const curl = (...args) => sandbox.tokenctl('curl', 'acme', '--', ...args);
  const shell = (script, env = {}) => run('/bin/sh', ['-c', script, program('tokenctl')], { env: { ...sandbox.env, ...env } });
  const refreshes = async () => (await provider.tokenRequests('refresh_token')).length;

  test('sends the account\'s token to its API, and says nothing of its own', async () => {
    const answer = await curl('-sS', '/users?page[size]=3');
    assert.equal(answer.code, 0, answer.stderr);
    assert.deepEqual(JSON.parse(answer.stdout), { method: 'GET', path: '/users?page[size]=3', body: '' });
    assert.equal(answer.stderr, '');
    assert.deepEqual(api.tokens, [await token(sandbox, 'acme')]);
    assert.equal((await curl('-s', '--json', '{"a":1}', `${api.url}/items`)).code, 0);
    const [, { method, body, headers }] = api.requests;
    assert.deepEqual([method, body, headers['content-type']], ['POST', '{"a":1}', 'application/json']);
  });

  test('replaces a token that the API refuses, and asks once more', async () => {
    const first = await token(sandbox, 'acme');
    api.refuse(first);
    const answer = await curl('-sSf', '-d', 'a=b', '-w', '%{http_code}', '/items');
    assert.equal(answer.code, 0, answer.stderr);
    assert.equal(answer.stdout, '{"method":"POST","path":"/items","body":"a=b"}200');
    assert.equal(answer.stderr, '');
    const second = await token(sandbox, 'acme');
    assert.notEqual(second, first);
    assert.deepEqual(api.tokens, [first, second]);
    assert.equal(await refreshes(), 1);
  });

  test('leaves only the second answer in files', async () => {
    api.refuse(await token(sandbox, 'acme'));
    const [body, headers] = [join(sandbox.root, 'body'), join(sandbox.root, 'headers')];
    const answer = await curl('-sS', '-o', body, '-D', headers, '/items');
    assert.equal(answer.code, 0, answer.stderr);
    assert.match(await readFile(body, 'utf8'), /"path":"\/items"/);
    const written = await readFile(headers, 'utf8');
    assert.match(written, /^HTTP\/1\.1 200 OK\r\n/);
    assert.doesNotMatch(written, /401/);
  });

  test('hands on the second refusal, and tries no third time', async () => {
    const answer = await curl('-sSi', '/never');
    assert.equal(answer.code, 0, answer.stderr);
    assert.match(answer.stdout, /^HTTP\/1\.1 401 .*\r\n\r\nrefusal 2\n$/s);
    assert.equal(answer.stderr, '');
    assert.equal(await refreshes(), 1);
    assertFails(await curl('-sSf', '/never'), 22, /^curl: \(22\) .* 401\n$/);
    assert.equal(api.requests.length, 4);
  });

  test('does not hold back a refusal without end', async () => {
    const answer = await curl('-sS', '/long-refusal');
    assert.equal(answer.stdout.length, kLong.length);
    assert.match(answer.stderr, /^acme: the API refused the token \(401\), and the answer was too long to be held back; /);
    assert.equal(api.requests.length, 1);
    assert.equal(await refreshes(), 1);
  });

  test('writes the headers before the body', async () => {
    const answer = await curl('-sS', '-D', '-', '/missing');
    assert.match(answer.stdout, /^HTTP\/1\.1 404 [^]*\r\n\r\nnothing here\n$/);
    assertFails(await curl('-sS', '-D', '/nonexistent/headers', '/x'), 125, /\/nonexistent\/headers cannot be written/);
  });

  test('does not send twice what can be read once, but replaces the token', async () => {
    const first = await token(sandbox, 'acme');
    api.refuse(first);
    const once = await sandbox.tokenctl('curl', 'acme', '--', '-sS', '--data-binary', '@-', '/items', { input: 'from stdin' });
    assert.equal(once.code, 0);
    assert.equal(once.stdout, '{"error":"invalid_token"}\n');
    assert.match(once.stderr, /^acme: the API refused the token \(401\), and curl's --data-binary .*: run the command again$/m);
    const again = await sandbox.tokenctl('curl', 'acme', '--', '-sS', '--data-binary', '@-', '/items', { input: 'from stdin' });
    assert.equal(JSON.parse(again.stdout).body, 'from stdin');
    assert.deepEqual(api.requests.map(({ body }) => body), ['from stdin', 'from stdin']);
    assert.equal(await refreshes(), 1);
  });

  test('hands on what the API says when there is no other token', async () => {
    api.refuse(await token(sandbox, 'acme'));
    await provider.fault('status', { status: 503, count: 1000 });
    const answer = await curl('-sS', '/items');
    assert.equal(answer.code, 0);
    assert.equal(answer.stdout, '{"error":"invalid_token"}\n');
    assert.match(answer.stderr, /the API refused the token \(401\), and there is no new one:\ntokenctl: acme: .*503/);
  });

  test('shows the token to no other host', async () => {
    assertFails(await curl('-s', `${elsewhere.url}/x`), 125, /is at none of the account's hosts .*--any-host/);
    assertFails(await curl('-s', '--connect-to', `::${elsewhere.url.slice(7)}`, '/x'), 125, /--connect-to .*another place/);
    assertFails(await curl('-s', '--location-trusted', '/moved'), 125, /--location-trusted/);
    assertFails(await sandbox.tokenctl('curl', 'acme', '--any-host', '--', '--location-trusted', '/moved'), 125, /trusted/);
    assert.deepEqual(elsewhere.requests, []);
    assert.deepEqual(api.requests, []);
    const asked = await sandbox.tokenctl('curl', 'acme', '--any-host', '--', '-s', `${elsewhere.url}/x`);
    assert.equal(asked.code, 0, asked.stderr);
    assert.deepEqual(elsewhere.tokens, [await token(sandbox, 'acme')]);
  });

  test('follows redirects with the token at the same host, without it elsewhere', async () => {
    assert.match((await curl('-sSL', '/moved-here')).stdout, /"path":"\/here"/);
    assert.equal(api.requests[1].token, await token(sandbox, 'acme'));
    assert.match((await curl('-sSL', '/moved')).stdout, /"path":"\/there"/);
    assert.deepEqual(elsewhere.tokens, [undefined]);
  });

  test('takes a refusal behind a redirect for none of the account\'s', async () => {
    elsewhere.refuse(undefined);
    const answer = await curl('-sSL', '-w', '%{http_code}', '/moved');
    assert.match(answer.stdout, /invalid_token.*401$/s);
    assert.equal(await refreshes(), 0);
    assert.equal(elsewhere.requests.length, 1);
  });

  test('sends http on this machine past every proxy', async () => {
    const env = { http_proxy: elsewhere.url, all_proxy: elsewhere.url };
    assert.equal((await sandbox.tokenctl('curl', 'acme', '--', '-s', '/x', { env })).code, 0);
    assert.equal((await curl('-s', '-x', elsewhere.url, '--noproxy', '', '/x')).code, 0);
    assert.deepEqual(elsewhere.requests, []);
    assert.equal(api.requests.length, 2);
  });

  test('asks a proxy for a way to the API, and shows it no token', async () => {
    const through = await sandbox.tokenctl('curl', 'acme', '--any-host', '--', '-sS', '-x', elsewhere.url, 'https://api.invalid/x');
    assert.notEqual(through.code, 0);
    const [{ method, path, headers }] = elsewhere.requests;
    assert.deepEqual([method, path, headers.authorization], ['CONNECT', 'api.invalid:443', undefined]);
  });

  test('reads no configuration of curl', async () => {
    await sandbox.file('home/.curlrc', `url = ${elsewhere.url}/rc\nlocation-trusted\n`);
    assert.equal((await curl('-sL', '/moved')).code, 0);
    assert.deepEqual(elsewhere.requests.map(({ path, token: shown }) => [path, shown]), [['/there', undefined]]);
  });

  test('hands on every byte, and the exit code', async () => {
    const into = join(sandbox.root, 'bytes');
    const answer = await shell(`"$0" curl acme -- -s /bytes >${into}`);
    assert.equal(answer.code, 0, answer.stderr);
    assert.deepEqual(await readFile(into), kBytes);
    assert.equal((await curl('-s', '/missing')).stdout, 'nothing here\n');
    assertFails(await curl('-sSf', '/missing'), 22, /404/);
    const nobody = await ApiServer.start();
    const { url } = nobody;
    await nobody.stop();
    const anywhere = (address) => sandbox.tokenctl('curl', 'acme', '--any-host', '--', '-sS', address);
    assertFails(await anywhere(`${url}/x`), 7, /curl: \(7\)/);
    assertFails(await anywhere('https://nobody.invalid/x'), 6, /curl: \(6\)/);
    assert.equal((await curl('-s', '-m', '0.2', '/held')).code, 28);
  });

  test('says so when the answer cannot be written', async () => {
    const full = await shell('"$0" curl acme -- -s /bytes >/dev/full');
    assertFails(full, 125, /could not be written/);
    const broken = await shell('"$0" curl acme -- -s /bytes | head -c 1 >/dev/null');
    assert.equal(broken.code, 0);
    assert.equal(broken.stderr, '');
  });

  test('shows the token in no list of processes, and in no file', async () => {
    const running = sandbox.start('tokenctl', ['curl', 'acme', '--', '-sS', '/held']);
    const response = await held;
    const children = await readFile(`/proc/${running.pid}/task/${running.pid}/children`, 'utf8');
    const [pid] = children.trim().split(' ');
    assert.match(await readFile(`/proc/${pid}/cmdline`, 'utf8'), /^curl\0-q\0/);
    const secrets = { access_token: [await token(sandbox, 'acme')] };
    assert.deepEqual(await canaryHits(secrets, { directories: [sandbox.root], pids: [running.pid, pid] }), []);
    response.end('at last\n');
    assert.equal((await running.exited).stdout, 'at last\n');
  });

  test('is ended by Ctrl-C together with curl', async () => {
    const running = sandbox.start('tokenctl', ['curl', 'acme', '--', '-sS', '/held']);
    const response = await held;
    const gone = new Promise((resolve) => response.on('close', resolve));
    assert.equal((await running.kill('SIGINT')).code, 130);
    await gone;
  });

  test('is ended by Ctrl-C while it waits for another token', async () => {
    api.refuse(await token(sandbox, 'acme'));
    await provider.fault('stall_answer');
    const running = sandbox.start('tokenctl', ['curl', 'acme', '--', '-sS', '/items']);
    await provider.untilHeld(1);
    const { code, stdout } = await running.kill('SIGINT');
    assert.deepEqual([code, stdout], [130, '']);
    await provider.release();
  });

  test('ends with 127 where curl is missing', async () => {
    const empty = join(sandbox.root, 'empty');
    await mkdir(empty);
    const missing = await sandbox.tokenctl('curl', 'acme', '--', '/x', { env: { PATH: empty } });
    assertFails(missing, 127, /curl cannot be started: .*: install curl/);
  });
});
