// What this machine lacks for a systemd of our own.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { isExecutable, kBuild, program } from '../../e2e/lib/programs.mjs';

const kFiles = {
  '/usr/bin/systemd-nspawn': 'systemd-container',
  '/usr/lib/systemd/systemd': 'systemd',
  '/usr/lib/systemd/user/dbus.socket': 'dbus-user-session',
  '/usr/share/pam-configs/systemd': 'libpam-systemd',
};

// The reason to leave the tests out, or null.
export function missing() {
  for (const name of ['tokend', 'tokenctl', 'provider-double']) {
    if (!program(name)) return `no ${name} in the directories of TOKEND_BIN`;
  }
  if (!existsSync(join(kBuild, 'cmake_install.cmake'))) return 'no build folder in TOKEND_BUILD';
  if (process.getuid() !== 0) return 'not root';
  for (const [file, packed] of Object.entries(kFiles)) if (!existsSync(file)) return `no ${packed} (scripts/install-deps --test)`;
  if (!isExecutable('/usr/bin/setpriv')) return 'no setpriv';
  return mayMount() ? null : 'this root may not mount, or has no namespaces';
}

function mayMount() {
  try {
    const within = ['--mount', '--pid', '--fork', '--mount-proc', 'mount', '-t', 'tmpfs', 'tokend-test', '/mnt'];
    execFileSync('unshare', within, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
