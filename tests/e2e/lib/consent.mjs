// The browser leg without a browser: follows the addresses, and fills in the provider double's consent page.
import { get } from 'node:http';

// Ends on the daemon's last page: { status, url, text, headers }.
export async function consent(authorizationUrl, { decision = 'allow', user = 'ana' } = {}) {
  return browse(await answeredAt(authorizationUrl, { decision, user }));
}

// The callback address that the user's answer leads to, without going there.
export async function answeredAt(authorizationUrl, { decision = 'allow', user = 'ana' } = {}) {
  const asked = await fetch(authorizationUrl, { redirect: 'manual' });
  if (asked.status === 303) return asked.headers.get('location');
  const page = await asked.text();
  const request = /name="request" value="([^"]+)"/.exec(page)?.[1];
  if (!request) throw new Error(`no consent page (${asked.status}): ${page}`);
  const answered = await fetch(new URL('/consent', authorizationUrl),
    { method: 'POST', redirect: 'manual', body: new URLSearchParams({ request, decision, user }) });
  await answered.text();
  return answered.headers.get('location');
}

// As a browser navigates, redirects, pages that renew themselves and all: { status, url, text, headers }. fetch() will
// not do, it says Sec-Fetch-Mode: cors, and the daemon does not take that for a person who comes back. host: another
// Host field.
export async function browse(url, { host, redirects = 15 } = {}) {
  const page = await navigateTo(new URL(url), host ? { host } : {});
  const onward = page.headers.get('location') ?? (page.headers.has('refresh') ? page.url : null);
  if (!onward || redirects === 0) return page;
  return browse(new URL(onward, page.url), { redirects: redirects - 1 });
}

function navigateTo(url, headers) {
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'sec-fetch-mode': 'navigate', ...headers }, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part) => { text += part; }).on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode, url: url.href, headers: new Headers(answer.headers), text }));
    }).on('error', reject);
  });
}
