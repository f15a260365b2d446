// A real Chromium without a window, cut off from everything but loopback.
import { kChromium } from './programs.mjs';

const kFlags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

export class Browser {
  static async start() {
    const { chromium } = await import('playwright-core');
    return new Browser(await chromium.launch({ executablePath: kChromium, headless: true, args: kFlags }));
  }

  constructor(chromium) {
    this.chromium = chromium;
  }

  // A page of a new profile. options: playwright's, such as colorScheme and viewport.
  async page(options = {}) {
    const context = await this.chromium.newContext(options);
    await context.route('**/*', (route) =>
      (['127.0.0.1', 'localhost', '[::1]'].includes(new URL(route.request().url()).hostname) ? route.continue() : route.abort()));
    return context.newPage();
  }

  // Signs in at oidc-provider's own pages and says yes; the page that the browser ends on.
  async consentAtOidcProvider(url, user = 'ana') {
    const page = await this.page();
    await page.goto(url);
    await page.fill('input[name="login"]', user);
    await page.fill('input[name="password"]', 'any');
    await Promise.all([page.waitForURL(/interaction/), page.click('button[type="submit"]')]);
    await page.waitForSelector('text=Authorize');
    await page.click('button[type="submit"]');
    await page.waitForURL(/\/(done|callback)\//);
    return page;
  }

  async stop() {
    await this.chromium.close();
  }
}
