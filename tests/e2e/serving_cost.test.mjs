// What a token costs that was served before: counted, in system calls and in allocations, since time on a shared machine
// says nothing. Both at once and of the whole daemon: its listener, sessions, broker and every thread.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { addSignedIn, token } from './lib/accounts.mjs';
import { AllocationCount, canCountAllocations } from './lib/allocations.mjs';
import { Running } from './lib/process.mjs';
import { isExecutable, leftOut } from './lib/programs.mjs';
import { ProviderDouble } from './lib/provider_double.mjs';
import { Sandbox } from './lib/sandbox.mjs';
import { connect, message } from './lib/socket.mjs';

const kStrace = '/usr/bin/strace';
const kMostCalls = 4;
const kRequests = 1000;
const kRounds = 3;

const missing = [!isExecutable(kStrace) && 'no strace', !canCountAllocations() && 'no allocation_count.so'].find(Boolean);
const reason = leftOut('build') || missing;
if (missing && reason === missing) console.log(`e2e: left out: ${missing}`);

describe('a token that was served before', { skip: reason }, () => {
  let provider, sandbox, allocations;

  before(async () => {
    [provider, sandbox] = await Promise.all([ProviderDouble.start(), Sandbox.create()]);
    allocations = new AllocationCount(sandbox);
    await sandbox.startDaemon([], { env: allocations.env });
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

  // What kRequests requests cost: the system calls of each, and the allocations of all.
  async function cost(connection, request, answer) {
    let asked;
    const calls = await callsDuring(async () => {
      const before = allocations.now();
      for (let i = 0; i < kRequests; ++i) await ask(connection, request, answer);
      asked = allocations.now() - before;
    });
    const requests = calls.join('\n').split(/^(?=.*recv.* = [1-9])/m).slice(1).map((each) => each.trim().split('\n'));
    assert.ok(requests.length >= kRequests - 1, 'the trace is whole, but for a request that came before it');
    return { requests, allocations: asked };
  }

  for (const [face, request, answer] of [
    ['varlink', message('GetToken', { account: 'acme' }), /\0$/],
    ['HTTP', 'GET /v1/token/acme HTTP/1.1\r\nHost: localhost\r\n\r\n', /\r\n\r\n\{.*\}$/s],
  ]) {
    test(`costs at most ${kMostCalls} system calls and no allocation on a kept ${face} connection`, async () => {
      assert.ok(allocations.now() > 0, 'the daemon counts');
      const connection = connect(sandbox.socket);
      for (let i = 0; i < 10; ++i) await ask(connection, request, answer);  // shared buffers have grown to what they need
      const rounds = [];
      // An alarm of the daemon's own, or news of the network, may come meanwhile: hardly ever twice.
      while (rounds.length < kRounds && rounds.at(-1)?.allocations !== 0) rounds.push(await cost(connection, request, answer));
      connection.socket.destroy();
      const { requests } = rounds.at(-1);
      console.log(`${face}: ${requests.flat().length / requests.length} system calls a request, of ${kRequests} requests ` +
        `${rounds.map((round) => round.allocations).join(', ')} allocations`);
      assert.equal(rounds.at(-1).allocations, 0, `allocations of ${kRequests} requests, in each of ${kRounds} rounds`);
      const cheap = requests.filter((each) => each.length <= kMostCalls);
      assert.ok(cheap.length >= requests.length - 2, requests.slice(0, 10).flat().join('\n'));
    });
  }
});
