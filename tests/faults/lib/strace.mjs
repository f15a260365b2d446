// System calls that fail, or kill their caller: strace's injection around the daemon. Counted by strace for each thread
// and each system call, so that one call at a time is asked for.
export const kQuietSanitizer = { ASAN_OPTIONS: 'detect_leaks=0' };  // its leak check cannot run while traced

// What to start the daemon under (--seccomp-bpf would be faster, and leaves signals out). fault: 'signal=KILL:when=3', 'error=EIO:when=2+'; only: the files it is about; output: what strace
// says, INJECTED among it.
export function injecting(syscall, fault, { only = [], output = '/dev/null' } = {}) {
  return ['strace', '-D', '-f', '-qqq', '-o', output, ...only.flatMap((path) => ['-P', path]),
    '-e', 'signal=none', '-e', `trace=${syscall}`, '-e', `inject=${syscall}:${fault}`];
}
