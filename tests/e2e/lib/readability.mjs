// What a page looks like to the one who reads it, asked of the browser itself: text that is hard to see, and what is
// wider than the screen. Colours are the computed ones, contrast is WCAG 2's.

// [{ text, contrast, ink, ground }] of every piece of text that is shown.
export function contrasts(page) {
  return page.evaluate(() => {
    const channels = (colour) => {
      const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g).map(Number);
      return { rgb: [red, green, blue], alpha };
    };
    const over = (front, back) => front.rgb.map((value, i) => value * front.alpha + back[i] * (1 - front.alpha));
    const groundOf = (element) => {  // what is behind it; the browser's own canvas is taken for grey: it has to be covered
      if (!element) return [128, 128, 128];
      const own = channels(getComputedStyle(element).backgroundColor);
      return own.alpha === 1 ? own.rgb : over(own, groundOf(element.parentElement));
    };
    const luminance = (rgb) => rgb
      .map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
      .reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
    const found = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode.textContent.trim();
      if (!text) continue;
      const ground = groundOf(texts.currentNode.parentElement);
      const ink = over(channels(getComputedStyle(texts.currentNode.parentElement).color), ground);
      const [darker, lighter] = [luminance(ink), luminance(ground)].sort((a, b) => a - b);
      found.push({ text, contrast: (lighter + 0.05) / (darker + 0.05), ink, ground });
    }
    return found;
  });
}

// The elements that reach over an edge of the window at the side, or whose content does over theirs.
export function overflowing(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const sticksOut = (element) => {
      const { left, right } = element.getBoundingClientRect();
      return left < -0.5 || right > width + 0.5 || (element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1);
    };
    const names = [...document.querySelectorAll('html, body, body *:not(svg *)')].filter(sticksOut).map((one) => one.localName);
    return document.scrollingElement.scrollWidth > innerWidth ? [...names, 'the page'] : names;
  });
}

// What could run or fetch: scripts, handlers, links and sources of whatever kind.
export function livelyParts(page) {
  return page.evaluate(() => [
    ...document.scripts,
    ...[...document.querySelectorAll('*')].flatMap((element) => [...element.attributes])
      .filter(({ name, value }) => /^on|^(src|srcset|href|action|data|poster)$/.test(name) || /javascript:|url\(/i.test(value)),
  ].map((part) => part.outerHTML ?? `${part.name}="${part.value}"`));
}
