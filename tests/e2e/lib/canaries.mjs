// Looks for secrets where none may be: files, texts, the arguments and environment of processes; raw, in
// base64 and hex, and percent-encoded.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const kShortest = 8;

// Names of the hits: "refresh_token in .../tokend.db-wal (base64)". secrets: { kind: [secret, ..] }.
export async function canaryHits(secrets, { directories = [], texts = {}, pids = [] }) {
  const places = new Map(Object.entries(texts).map(([name, text]) => [name, Buffer.from(text)]));
  for (const directory of directories) await addFiles(places, directory);
  for (const pid of pids) {
    for (const name of ['cmdline', 'environ']) places.set(`/proc/${pid}/${name}`, await readFile(`/proc/${pid}/${name}`));
  }
  const hits = [];
  for (const [kind, values] of Object.entries(secrets)) {
    for (const form of values.flatMap(disguises)) {
      for (const [place, content] of places) {
        if (content.includes(form.bytes)) hits.push(`${kind} in ${place} (${form.name})`);
      }
    }
  }
  return hits;
}

export function disguises(secret) {
  const bytes = Buffer.from(secret);
  if (bytes.length < kShortest) throw new Error('a secret this short is found everywhere');
  const forms = [
    { name: 'raw', bytes },
    { name: 'hex', bytes: Buffer.from(bytes.toString('hex')) },
    { name: 'HEX', bytes: Buffer.from(bytes.toString('hex').toUpperCase()) },
  ];
  const percent = encodeURIComponent(secret);
  if (percent !== secret) forms.push({ name: 'percent', bytes: Buffer.from(percent) });
  // In base64 a secret looks different at each of three offsets; the characters at its ends depend on its neighbours.
  for (const offset of [0, 1, 2]) {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes]);
    const whole = shifted.subarray(0, shifted.length - (shifted.length % 3)).toString('base64').slice(offset === 0 ? 0 : 4);
    forms.push({ name: 'base64', bytes: Buffer.from(whole) });
    forms.push({ name: 'base64url', bytes: Buffer.from(whole.replaceAll('+', '-').replaceAll('/', '_')) });
  }
  return forms;
}

async function addFiles(places, directory) {
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    places.set(path, await readFile(path));
  }
}
