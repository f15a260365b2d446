// `tokenctl login` (or `add`) on one side, whoever answers the browser leg on the other.
import { consent } from './consent.mjs';

// Starts the login; the URL it asks to open. args: more arguments of `tokenctl login`.
export async function beginLogin(sandbox, account, ...args) {
  const login = sandbox.start('tokenctl', ['login', account, '--no-browser', ...args]);
  const [, url] = await login.saw('stderr', /^Open: (\S+)$/m);
  return { login, url };
}

// A whole login at the provider double. answer: { decision, user }. Returns { code, stderr, page }.
export async function signIn(sandbox, account, { answer = {}, args = [] } = {}) {
  const { login, url } = await beginLogin(sandbox, account, ...args);
  const page = await consent(url, answer);
  const ended = await login.exited;
  return { ...ended, page };
}
