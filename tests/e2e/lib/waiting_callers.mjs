// Programs that ask for a token at one time, and the moment at which all of them wait for it.
import { readFile } from 'node:fs/promises';

import { until } from './process.mjs';

const kConnected = '03';  // in /proc/net/unix

// Starts so many `tokenctl token`; resolves with them when each has a connection and sleeps until it is answered.
export async function waitingCallers(sandbox, account, count) {
  const callers = Array.from({ length: count }, () => sandbox.start('tokenctl', ['token', account]));
  await until(`${count} programs wait for a token`, async () => {
    const early = callers.find(({ over }) => over);
    if (early) throw new Error(`one did not wait: exit ${early.over.code}: ${early.stderr}`);
    return await connections(sandbox.socket) === count && (await Promise.all(callers.map(isAsleep))).every(Boolean);
  });
  return callers;
}

// What each of them printed, all of which succeed.
export async function tokensOf(callers) {
  const ended = await Promise.all(callers.map(({ exited }) => exited));
  for (const { code, stderr } of ended) if (code !== 0) throw new Error(`exit ${code}: ${stderr}`);
  return ended.map(({ stdout }) => stdout.trimEnd());
}

// Those that the daemon has or is about to accept.
async function connections(path) {
  const lines = (await readFile('/proc/net/unix', 'utf8')).split('\n').map((line) => line.trim().split(/\s+/));
  return lines.filter((words) => words[5] === kConnected && words[7] === path).length;
}

// A client sends its question before it first sleeps with a connection.
async function isAsleep({ pid }) {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8');
  return line.slice(line.lastIndexOf(')') + 2).startsWith('S');
}
