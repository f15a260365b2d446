// What processes show of themselves in /proc, to whoever looks. One that ends meanwhile shows nothing.
import { readdir, readFile } from 'node:fs/promises';

// The arguments and the environment of each: { path: text }.
export async function shownBy(pids) {
  const paths = pids.flatMap((pid) => [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`]);
  const shown = await Promise.all(paths.map(async (path) => [path, await read(path)]));
  return Object.fromEntries(shown.filter(([, text]) => text !== ''));
}

// These processes, and all that they have started that lives.
export async function withDescendants(pids) {
  const children = new Map();
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const stat = await read(`/proc/${pid}/stat`);
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(pid)]);
  }
  const family = [...pids];
  for (const pid of family) family.push(...(children.get(pid) ?? []));
  return family;
}

async function read(path) {
  try {
    return await readFile(path, 'latin1');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(error.code)) return '';
    throw error;
  }
}
