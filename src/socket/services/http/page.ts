/** Pages that socklab writes itself: as HTML for browsers, as plain text for whoever does not ask for HTML. */
import { type Answer, text } from './answer.ts';
import type { Request } from './request.ts';

/** Something to read: rows of a name and a value, lines as they are, and links. */
export interface Page {
  readonly title: string;
  readonly rows?: readonly (readonly [name: string, value: string])[];
  readonly lines?: readonly string[];
  /** Where they lead, percent-encoded, and what they say. */
  readonly links?: readonly (readonly [href: string, label: string])[];
}

const STYLE =
  ':root{color-scheme:light dark}body{font:1rem/1.6 system-ui,sans-serif;max-width:46rem;' +
  'margin:3rem auto;padding:0 1rem}h1{font-size:1.3rem;font-weight:600}dt{opacity:.7}' +
  'dd{margin:0 0 .5rem}pre{overflow-x:auto;padding:1rem;border:1px solid;border-radius:.4rem}' +
  'ul{list-style:none;padding:0}';

export function pageFor(request: Request, page: Page): Answer {
  const fields = { Vary: 'Accept' };
  if (!/\btext\/html\b/i.test(request.field('accept'))) return text(200, asText(page), fields);
  // Nothing on the page may load or run anything, whatever a peer manages to get onto it.
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  return text(200, asHtml(page), { ...fields, 'Content-Security-Policy': policy }, 'text/html');
}

function asText({ rows = [], lines = [], links = [] }: Page): string {
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  const all = [
    ...rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`),
    ...(rows.length > 0 && lines.length > 0 ? [''] : []),
    ...lines,
    ...links.map(([, label]) => label),
  ];
  return all.map((line) => `${line}\n`).join('');
}

function asHtml({ title, rows = [], lines = [], links = [] }: Page): string {
  const parts = [
    rows.length === 0
      ? ''
      : `<dl>${rows.map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`).join('')}</dl>\n`,
    lines.length === 0 ? '' : `<pre>${lines.map(escaped).join('\n')}</pre>\n`,
    links.length === 0
      ? ''
      : `<ul>\n${links.map(([href, label]) => `<li><a href="${escaped(href)}">${escaped(label)}</a></li>\n`).join('')}</ul>\n`,
  ];
  return (
    '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n' +
    '<meta name="viewport" content="width=device-width">\n' +
    `<title>${escaped(title)}</title>\n<style>${STYLE}</style>\n<h1>${escaped(title)}</h1>\n` +
    `${parts.join('')}</html>\n`
  );
}

function escaped(words: string): string {
  return words
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
