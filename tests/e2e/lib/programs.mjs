// Where the programs under test are, and what this machine lacks for a test. Nothing is started here.
import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';

export const kChromium = process.env.TOKEND_CHROMIUM ?? '/usr/bin/chromium';

export const kBuild = process.env.TOKEND_BUILD ?? '';  // the folder that the programs were built in

// $TOKEND_BIN: directories, separated by colons like those of $PATH.
export function program(name) {
  const candidates = (process.env.TOKEND_BIN ?? '').split(':').filter(Boolean).map((dir) => join(dir, name));
  return candidates.find(isExecutable) ?? null;
}

export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

// The reason to leave a test file out, or false. One for the whole file: the line that it prints marks all of it.
// needs: any of 'root', 'build', 'chromium', 'node_modules', 'socket-activate'.
export function leftOut(...needs) {
  const reason = missing(needs);
  if (reason) console.log(`e2e: left out: ${reason}`);
  return reason ?? false;
}

function missing(needs) {
  for (const name of ['tokend', 'tokenctl', 'provider-double']) {
    if (!program(name)) return `no ${name} in the directories of TOKEND_BIN`;
  }
  const modules = new URL('../node_modules/oidc-provider/package.json', import.meta.url);
  if (needs.includes('node_modules') && !existsSync(modules)) return "no node modules: run 'npm ci --ignore-scripts' here";
  if (needs.includes('chromium') && !isExecutable(kChromium)) return `no browser at ${kChromium}`;
  if (needs.includes('build') && !existsSync(join(kBuild, 'cmake_install.cmake'))) return 'no build folder in TOKEND_BUILD';
  if (needs.includes('root') && process.getuid() !== 0) return 'not root';
  if (needs.includes('socket-activate') && !isExecutable('/usr/bin/systemd-socket-activate')) {
    return 'no systemd-socket-activate';
  }
  return null;
}
