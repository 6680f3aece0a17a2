// Says the framework's own phrases in the visitor's language, as they appear; texts of the portal are left alone.
// Beside that it mends what keyboards and screen readers stumble over: links, icons, menu, tables wider than the page.
"use strict";
(() => {
  const { exact, patterns } = __DICTIONARY__;
  const rules = patterns.map(([pattern, replacement]) => [new RegExp(`^${pattern}$`), replacement]);
  const attributes = ["aria-label", "placeholder", "title", "alt"];
  const page = /^\/(?!\/|documents\/|exports\/)/;
  const ours = '[data-testid="stMarkdownContainer"], [data-testid="stTable"], [data-testid="stHtml"], script, style';

  const translated = (text) => {
    const phrase = text.trim();
    if (!phrase) return text;
    if (Object.hasOwn(exact, phrase)) return text.replace(phrase, () => exact[phrase]);
    const rule = rules.find(([pattern]) => pattern.test(phrase));
    return rule ? text.replace(phrase, () => phrase.replace(rule[0], rule[1])) : text;
  };

  const translateText = (node) => {
    if (node.parentElement?.closest(ours)) return;
    const text = translated(node.data);
    if (text !== node.data) node.data = text;
  };

  const translateAttributes = (element) => {
    for (const name of attributes) {
      const value = element.getAttribute(name);
      if (value === null) continue;
      const text = translated(value);
      if (text !== value) element.setAttribute(name, text);
    }
  };

  const openInPlace = (element) => {
    if (element.matches('a[target="_blank"]') && page.test(element.getAttribute("href"))) {
      element.removeAttribute("target");
    }
  };

  const silenceIcon = (element) => {
    if (!element.matches('span[role="img"][aria-label$=" icon"]')) return;
    const control = element.closest("a, button");
    const alone = control && control.textContent.trim() === element.textContent.trim();
    if (!alone) element.setAttribute("aria-hidden", "true");
  };

  // The framework lays the sections of its menu as plain boxes into one list: each section becomes a list of its own.
  const mendMenu = (element) => {
    if (!element.matches('[data-testid="stSidebarNavItems"] > div')) return;
    element.parentElement.setAttribute("role", "none");
    element.setAttribute("role", "list");
  };

  // A table too wide for its box scrolls inside it: while it does, the box is a named stop for the keyboard.
  const box = '[data-testid="stTable"] > div';
  const letScroll = (scroller) => {
    if (scroller.scrollWidth > scroller.clientWidth) {
      scroller.tabIndex = 0;
      scroller.setAttribute("role", "region");
      scroller.setAttribute("aria-label", scroller.querySelector("table")?.getAttribute("aria-label") ?? "");
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) scroller.removeAttribute(name);
    }
  };
  const resized = new ResizeObserver((entries) => {
    for (const { target } of entries) if (target.closest(box)) letScroll(target.closest(box));
  });
  const mendTable = (element) => {
    if (element.matches(`${box}, ${box} > table`)) resized.observe(element);
  };

  const visit = (node) => {
    if (node.nodeType === Node.TEXT_NODE) translateText(node);
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    translateAttributes(node);
    openInPlace(node);
    silenceIcon(node);
    mendMenu(node);
    mendTable(node);
  };

  const visitTree = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = root; node; node = walker.nextNode()) visit(node);
  };

  const observer = new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "characterData") translateText(change.target);
      else if (change.type === "attributes") translateAttributes(change.target);
      else change.addedNodes.forEach(visitTree);
    }
  });
  observer.observe(document.documentElement, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: attributes,
  });
  visitTree(document.body);
})();
