// What a token costs that was served before: counted in system calls, since time on a shared machine says nothing.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { addSignedIn, token } from './lib/accounts.mjs';
import { Running } from './lib/process.mjs';
import { isExecutable, leftOut } from './lib/programs.mjs';
import { ProviderDouble } from './lib/provider_double.mjs';
import { Sandbox } from './lib/sandbox.mjs';
import { connect, message } from './lib/socket.mjs';

const kStrace = '/usr/bin/strace';
const kMostCalls = 4;
const kRequests = 100;

const reason = leftOut() || (!isExecutable(kStrace) && 'no strace');
if (reason === 'no strace') console.log('e2e: left out: no strace');

describe('a token that was served before', { skip: reason }, () => {
  let provider, sandbox;

  before(async () => {
    [provider, sandbox] = await Promise.all([ProviderDouble.start(), Sandbox.create()]);
    await sandbox.startDaemon();
    await addSignedIn(sandbox, 'acme', provider);
    await token(sandbox, 'acme');
  });
  after(() => Promise.allSettled([sandbox.close(), provider.stop()]));

  // The daemon's system calls, one a line, while work runs.
  async function callsDuring(work) {
    const file = join(sandbox.root, 'strace.log');
    const strace = new Running(kStrace, ['-f', '-o', file, '-p', String(sandbox.daemon.pid)]);
    await strace.saw('stderr', /strace: Process \d+ attached/);
    await work();
    await strace.kill('SIGINT');
    const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => /^\d+ +(\w+\(|<\.\.\. \w+ resumed)/.test(line));
    return lines.filter((line) => !line.includes('<unfinished ...>'));
  }

  async function ask(connection, request, answer) {
    connection.received = '';
    connection.send(request);
    await connection.until(answer);
  }

  for (const [face, request, answer] of [
    ['varlink', message('GetToken', { account: 'acme' }), /\0$/],
    ['HTTP', 'GET /v1/token/acme HTTP/1.1\r\nHost: localhost\r\n\r\n', /\r\n\r\n\{.*\}$/s],
  ]) {
    test(`costs at most ${kMostCalls} system calls on a kept ${face} connection`, async () => {
      const connection = connect(sandbox.socket);
      await ask(connection, request, answer);
      const calls = await callsDuring(async () => {
        for (let i = 0; i < kRequests; ++i) await ask(connection, request, answer);
      });
      connection.socket.destroy();
      const requests = calls.join('\n').split(/^(?=.*recv.* = [1-9])/m).slice(1).map((each) => each.trim().split('\n'));
      assert.ok(requests.length >= kRequests - 1, 'the trace is whole, but for a request that came before it');
      const cheap = requests.filter((each) => each.length <= kMostCalls);
      console.log(`${face}: ${requests.flat().length / requests.length} system calls a request`);
      // An alarm of the daemon's own may go off meanwhile: hardly ever twice.
      assert.ok(cheap.length >= requests.length - 2, requests.slice(0, 10).flat().join('\n'));
    });
  }
});
