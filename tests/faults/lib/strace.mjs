// System calls that fail, or kill their caller: strace's injection around the daemon. Counted by strace for each thread
// and each system call, so that one call at a time is asked for.
export const kQuietSanitizer = { ASAN_OPTIONS: 'detect_leaks=0' };  // its leak check cannot run while traced

// What to start the daemon under (--seccomp-bpf would be faster, and leaves signals out). fault: 'signal=KILL:when=3', 'error=EIO:when=2+'; more: other options of strace.
export function injecting(syscall, fault, ...more) {
  return ['strace', '-D', '-f', '-qqq', '-o', '/dev/null', ...more,
    '-e', `trace=${syscall}`, '-e', `inject=${syscall}:${fault}`];
}
